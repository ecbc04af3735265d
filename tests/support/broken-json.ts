/** Bodies that are nearly right: valid values with something wrong in them, and JSON text with something wrong in it. */
import fc from "fast-check";
import { JsonNumber } from "@/lib/domain/score-input";
import { anyText } from "./any-text";

/** Writes JSON with `JsonNumber`s as they are. */
export function toJson(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`).join(",")}}`;
}

const raw = (text: string) => new JsonNumber(text);

const extremes = [
  ...["1e309", "-1e309", "-0", "0.0000001", "9007199254740993", "1e-400", "5e-324", "99999999999999999999999"],
  ...["1E400000000", "0e9999999999999999999", `1${"0".repeat(400)}`, `0.${"0".repeat(400)}1`],
];
const texts = [
  ...["", "\u0000", "\ud800", "\udc00\ud800", "\uffff", "\u202e", "x".repeat(129), "🪜".repeat(129), "a\nb", "\u0085"],
  ...[
    "__proto__",
    "NaN",
    "1",
    "true",
    "' or 1=1 --",
    "../../etc/passwd",
    "%00",
    "<script>",
    "{{7*7}}",
    "y".repeat(9_000),
  ],
];

/** What stands where something else was asked for. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { a: 1 }),
  fc.constantFrom(...extremes).map(raw),
  fc.constantFrom(...texts),
  anyText(20),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((units) => String.fromCharCode(...units)),
  fc.double().map((number) => raw(Number.isFinite(number) ? String(number) : "1e999")),
  fc.integer({ min: 1, max: 300 }).map((depth) => raw("[".repeat(depth) + "]".repeat(depth))),
  fc.constant(Array.from({ length: 1_001 }, () => ({ player: "a", score: 1 }))),
);

interface Mutation {
  kind: "replace" | "remove" | "add" | "wrap";
  /** Where to, at each step down by its place among the members. */
  steps: number[];
  name: string;
  value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("replace", "replace", "remove", "add", "wrap"),
  steps: fc.array(fc.nat(20), { maxLength: 4 }),
  name: fc.oneof(
    fc.constantFrom("__proto__", "constructor", "toString", "id", "uid", "", "a/b~c", "\ud800", "\u0000"),
    fc.string(),
  ),
  value: junk,
});

/** The text of a value in which one to three things are not as they were. */
export function mutatedJson(valid: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc
    .tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([value, mutations]) => toJson(mutations.reduce((present, one) => apply(present, one, one.steps), value)));
}

function apply(value: unknown, mutation: Mutation, [step, ...steps]: number[]): unknown {
  const isContainer = typeof value === "object" && value !== null && !(value instanceof JsonNumber);
  const members: [string, unknown][] = isContainer ? Object.entries(value) : [];
  const chosen = step === undefined ? undefined : members[step % Math.max(1, members.length)];
  if (!chosen) return mutation.kind === "wrap" ? [value] : mutation.value;
  const [name, member] = chosen;
  const changed = steps.length > 0 ? apply(member, mutation, steps) : changeOf(member, mutation);
  const others = members.filter(([one]) => one !== name);
  const kept: [string, unknown][] =
    mutation.kind === "remove" && steps.length === 0 ? others : [...others, [name, changed]];
  if (Array.isArray(value)) return kept.map(([, one]) => one);
  // fromEntries defines members, so that even __proto__ is one.
  return Object.fromEntries(mutation.kind === "add" ? [...kept, [mutation.name, mutation.value]] : kept);
}

function changeOf(member: unknown, { kind, value }: Mutation): unknown {
  if (kind === "replace") return value;
  return kind === "wrap" ? [member] : member;
}

/** The bytes of a JSON text, damaged. */
export function damagedBytes(valid: fc.Arbitrary<unknown>): fc.Arbitrary<Buffer> {
  const damage = fc.record({
    /** In thousandths of the length. */
    at: fc.nat(1_000),
    remove: fc.nat(3),
    insert: fc.uint8Array({ maxLength: 4 }),
  });
  return fc.tuple(valid, fc.array(damage, { minLength: 1, maxLength: 3 })).map(([value, damages]) =>
    damages.reduce(
      (bytes, { at, remove, insert }) => {
        const place = Math.floor((at * bytes.length) / 1_000);
        return Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + remove)]);
      },
      Buffer.from(toJson(value)),
    ),
  );
}
