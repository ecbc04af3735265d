import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyTexts, keyIdLength, keySecretLength } from "@/lib/auth/key-text";
import { randomBase62 } from "@/lib/auth/tokens";

const texts = new KeyTexts("an-auth-secret-only-for-tests-0123456789");

test("the text of a key made here is recognised, and one with any other character is not", () => {
  const text = texts.write(randomBase62(keyIdLength), randomBase62(keySecretLength));
  expect(text).toMatch(/^rungs_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
  expect(texts.read(text)?.isMarked()).toBe(true);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom("0", "a", "Z"), (at, character) => {
      const other = text.slice(0, at) + character + text.slice(at + 1);
      expect(texts.read(other)?.isMarked() ?? false).toBe(other === text);
    }),
  );
});

test("a key without the mark, or with one of another secret, is a key that has to be looked up", () => {
  const [id, secret] = [randomBase62(keyIdLength), randomBase62(keySecretLength)];
  const others = new KeyTexts("quite-another-secret-for-signing-0123456789");
  const found = [
    texts.read(`rungs_${id}_${secret}`),
    texts.read(others.write(id, secret)),
    new KeyTexts(undefined).read(texts.write(id, secret)),
  ];
  for (const text of found) {
    expect(text).toMatchObject({ id, secret });
    expect(text?.isMarked()).toBe(false);
  }
});
