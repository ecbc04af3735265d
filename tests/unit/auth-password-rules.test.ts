import { expect, test } from "vitest";
import { acceptInvitationInput } from "@/lib/domain/access";
import { passwordProblem } from "@/lib/domain/password";

test.each([
  "aaaaaaaaaaaa",
  "abababababab",
  "abcabcabcabcabc",
  "123123123123",
  "qwertqwertqwert",
  "123456789012",
  "098765432109",
  "abcdefghijkl",
  "zyxwvutsrqpo",
  "qwertyuiopas",
  "password1234",
  "Password2024!",
  "P@ssw0rd!!!!",
  "passwordpassword",
  "!!!letmein!!!",
  "administrator",
  "iloveyou12345",
  "leaderboard2026",
  "CorrectHorseBatteryStaple",
])("%s is too easy", (password) => {
  expect(passwordProblem(password)).not.toBeNull();
});

test.each([
  "tall ships leave at dawn",
  "x9Kq-2mvT7-bLw4",
  "пароль из шести слов",
  "correct horse battery staple rungs",
  "passwords are so last year",
])("%s is fine", (password) => {
  expect(passwordProblem(password)).toBeNull();
});

const input = { token: "t", name: "Ada", email: "Ada@Example.com", password: "tall ships leave at dawn" };

function problems(change: Partial<typeof input>): string[] {
  const parsed = acceptInvitationInput.safeParse({ ...input, ...change });
  return parsed.error?.issues.map(({ path }) => path.join("/")) ?? [];
}

test("an email address is kept in lower case", () => {
  expect(acceptInvitationInput.parse(input).email).toBe("ada@example.com");
});

test("a password has 12 to 128 characters", () => {
  expect(problems({ password: "x9Kq-2mvT7-" })).toEqual(["password"]);
  expect(problems({ password: `${"x9Kq-2mvT7-b".repeat(10)}x9Kq-2mvT` })).toEqual(["password"]);
  expect(problems({ password: "x9Kq-2mvT7-b" })).toEqual([]);
});

test("a password is not the name or the email address again", () => {
  expect(problems({ password: "ADA@example.com" })).toEqual(["password"]);
  expect(problems({ name: "Augusta Ada King", password: "augusta ada king" })).toEqual(["password"]);
});

test("what is not an email address is refused", () => {
  for (const email of ["", "ada", "ada@", "a b@example.com", `${"a".repeat(250)}@example.com`]) {
    expect(problems({ email })).toContain("email");
  }
});
