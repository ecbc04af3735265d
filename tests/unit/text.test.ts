import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareCodePoints } from "@/lib/domain/code-points";
import { displayName, playerId, textProblem } from "@/lib/domain/text";
import { anyText } from "@/tests/support/any-text";

describe("textProblem", () => {
  test("takes any well-formed Unicode of up to 128 characters", () => {
    for (const good of ["a", " ", "42", "__proto__", "שלום", "🏳️‍🌈", "\u202Eabc", "\u{1F600}".repeat(128), "\u2028"]) {
      expect([good, textProblem(good)]).toEqual([good, null]);
      expect(playerId.safeParse(good).success).toBe(true);
    }
  });

  test("refuses nothing, too much, control characters and broken Unicode", () => {
    for (const bad of [
      "",
      "x".repeat(129),
      "\u{1F600}".repeat(129),
      "a\u0000",
      "\n",
      "\u007f",
      "\u0085",
      "\ud800",
      "a\udc00b",
    ]) {
      expect([bad, textProblem(bad)]).not.toEqual([bad, null]);
      expect(playerId.safeParse(bad).success).toBe(false);
    }
  });

  test("what it takes survives UTF-8 and JSON", () => {
    fc.assert(
      fc.property(anyText(140), (text) => {
        if (textProblem(text) !== null) return;
        expect(Buffer.from(text).toString()).toBe(text);
        expect(JSON.parse(JSON.stringify(text))).toBe(text);
      }),
    );
  });
});

test("a display name has something to see", () => {
  for (const blank of [" ", "\u00a0\u2003", "\u200b", "\u202E", "\u3164", "\u2800\u2800", "\u{E0020}", "\ufe0f"]) {
    expect([blank, displayName.safeParse(blank).success]).toEqual([blank, false]);
  }
  for (const good of ["x", " x ", "\u202Eabc", "🏳️‍🌈", "۵", "あ", "\u{10FFFD}"]) {
    expect([good, displayName.safeParse(good).success]).toEqual([good, true]);
  }
});

test("compareCodePoints orders as UTF-8 bytes do", () => {
  const mixed = fc.string({
    unit: fc.constantFrom("", "a", "~", "\u07ff", "\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{1F600}", "\u{10FFFF}"),
    maxLength: 4,
  });
  fc.assert(
    fc.property(mixed, mixed, (a, b) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 1000 },
  );
});
