import { withoutTrailingZeros } from "./decimal";
import { JsonNumber } from "./score-input";

/**
 * One text for all ways to write the same JSON: members in order of their names, no blanks, `1.0`, `1` and `10e-1` as one
 * number. Two bodies mean the same exactly when their texts are equal. Recursive: a body's nesting is bounded by `parseExact`.
 */
export function canonicalText(value: unknown): string {
  if (value instanceof JsonNumber) return canonicalNumber(value.text);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member)}`).join(",")}}`;
}

/** Digits without zeros at either end, and the exponent of the last one. */
function canonicalNumber(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const shortest = withoutTrailingZeros(digits);
  if (shortest === "") return "0";
  return `${sign}${shortest}e${Number(exponent) - fraction.length + digits.length - shortest.length}`;
}
