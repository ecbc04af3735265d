import { expect, test } from "vitest";
import type { ApiKeys, VerifiedKey } from "@/lib/auth/api-keys";
import { requireKey } from "@/lib/auth/require-key";
import { randomBase62 } from "@/lib/auth/tokens";

const token = `rungs_${randomBase62(12)}_${randomBase62(43)}`;
const key: VerifiedKey = { id: "k", scopes: ["scores:write"], boards: ["one"] };
const apiKeys = { verify: async (given: string) => (given === token ? key : null) } as ApiKeys;

function ask(header: string | null, scope: "scores:write" | "boards:manage" = "scores:write", board = "one") {
  return requireKey({ apiKeys }, header, scope, board, null);
}

test("a good key is let in, however Bearer is written", async () => {
  expect(await ask(`Bearer ${token}`)).toBe(key);
  expect(await ask(`bearer   ${token}`)).toBe(key);
});

test.each([
  ["no header", null],
  ["an empty one", ""],
  ["no scheme", token],
  ["another scheme", `Basic ${token}`],
  ["nothing behind Bearer", "Bearer"],
  ["two keys", `Bearer ${token} ${token}`],
  ["the header twice", `Bearer ${token}, Bearer ${token}`],
  ["another secret", `Bearer ${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`],
  ["ten thousand characters", `Bearer ${"a".repeat(10_000)}`],
])("%s is unauthorized", async (_, header) => {
  await expect(ask(header)).rejects.toMatchObject({ name: "RungsError", code: "unauthorized" });
});

test("a missing scope is forbidden by its name", async () => {
  await expect(ask(`Bearer ${token}`, "boards:manage")).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("boards:manage"),
  });
});

test("a key for some boards is forbidden on the others", async () => {
  await expect(ask(`Bearer ${token}`, "scores:write", "two")).rejects.toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("two"),
  });
});

test("random characters are of base 62 and all of them turn up", () => {
  const text = randomBase62(10_000);
  expect(text).toMatch(/^[0-9A-Za-z]{10000}$/);
  expect(new Set(text).size).toBe(62);
});
