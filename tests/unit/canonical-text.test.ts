import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalText } from "@/lib/domain/canonical-text";
import { parseExact } from "@/lib/http/parse";

const canonical = (text: string) => canonicalText(parseExact(text));

test.each([
  ['{"player":"a","score":1}', '{ "score" : 1.0 ,\n"player":"a"}'],
  ['{"score":100}', '{"score":1e2}'],
  ['{"score":0.5}', '{"score":50E-2}'],
  ['{"score":0}', '{"score":-0.000}'],
  ['{"player":"é"}', '{"player":"\\u00e9"}'],
  ['{"scores":[{"player":"a","tiebreaks":[1,2]}]}', '{"scores":[{"tiebreaks":[1.0,20e-1],"player":"a"}]}'],
])("%s means the same as %s", (a, b) => {
  expect(canonical(a)).toBe(canonical(b));
});

test.each([
  ['{"score":1}', '{"score":10}'],
  ['{"score":1}', '{"score":-1}'],
  ['{"score":1}', '{"score":"1"}'],
  ['{"score":1.05}', '{"score":1.5}'],
  ['[{"player":"a"},{"player":"b"}]', '[{"player":"b"},{"player":"a"}]'],
  ['{"player":"a"}', '{"player":"a","name":"a"}'],
  ['{"a":"b,c"}', '{"a":"b","c":""}'],
])("%s means something else than %s", (a, b) => {
  expect(canonical(a)).not.toBe(canonical(b));
});

test("the deepest body that is read has a text, one level more is not read, and a body of zeros takes no time", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(canonical(nested(32))).toBe(nested(32));
  expect(() => canonical(nested(33))).toThrow("nested too deeply");
  expect(() => canonical(`{"a":${nested(32)}}`)).toThrow("nested too deeply");
  expect(canonical(`["${"[".repeat(100)}\\"[{"]`)).toBe(`["${"[".repeat(100)}\\"[{"]`);
  const started = performance.now();
  expect(canonical(`1${"0".repeat(1_000_000)}1`)).toMatch(/^10+1e0$/);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test("two numbers have the same text exactly when they are equal", () => {
  const number = fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -4, max: 4 }));
  fc.assert(
    fc.property(number, number, ([a, i], [b, j]) => {
      const same = a * 10 ** (i + 4) === b * 10 ** (j + 4);
      expect(canonical(`${a}e${i}`) === canonical(`${b}e${j}`)).toBe(same);
    }),
    { numRuns: 2_000 },
  );
});
