import fc from "fast-check";
import { orders, rankStyles } from "@/lib/domain/board";
import { textProblem } from "@/lib/domain/text";
import { anyText } from "@/tests/support/any-text";

/** Ids and names that have been taken for something else: by JSON, by objects, by protocols, by sort orders. */
const oddTexts = [
  ...["__proto__", "constructor", "toString", "42", "true", "null", "1e3", '{"a":1}', '["x"]', '"quoted"', "undefined"],
  ...[
    "a",
    "A",
    "aa",
    "a b",
    "a,b",
    "-",
    "~",
    "z~",
    "[",
    "(",
    "+inf",
    "OK",
    "T0s=",
    "NOSCRIPT",
    "%00",
    "\\u0000",
    "{1}",
  ],
  ...[
    "é",
    "e\u0301",
    "שלום",
    "\u{1F600}",
    "🏳️‍🌈",
    "\uFFFD",
    "\uE000",
    "\uD7FF",
    "\u{10000}",
    "\u{10FFFF}",
    "\u2028",
    "x".repeat(128),
  ],
];

export const oddText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...oddTexts) },
  {
    weight: 1,
    arbitrary: anyText(8).filter((text) => textProblem(text) === null),
  },
);

/** Mostly small, so that ties are common. */
const scaled = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER) },
  { weight: 1, arbitrary: fc.maxSafeInteger().map((value) => value + 0) },
);

export const boardSettings = fc.record({
  order: fc.constantFrom(...orders),
  rankStyle: fc.constantFrom(...rankStyles),
  tiebreaks: fc.array(fc.constantFrom(...orders), { maxLength: 4 }),
});

const tiebreak = fc.option(scaled, { freq: 3 });

/** One posted result: values null repeats the last, so that only the name can change; a tiebreak null is a missing one. */
const post = fc.record({
  player: fc.nat(11),
  name: oddText,
  values: fc.option(fc.tuple(scaled, tiebreak, tiebreak, tiebreak, tiebreak), { freq: 5 }),
});

export const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("apply" as const),
        posts: fc.array(post, { maxLength: 6 }),
        report: fc.array(fc.nat(11), { maxLength: 4 }),
        /** Whether the index hears of it now, or with a later step that delivers. */
        late: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("deliver" as const), seed: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("page" as const), offset: fc.nat(13), limit: fc.nat(6) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("player" as const), player: fc.nat(12), around: fc.nat(5) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("rebuild" as const), batch: fc.integer({ min: 1, max: 5 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("revise" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

export type Step = ReturnType<typeof steps.generate>["value"][number];
