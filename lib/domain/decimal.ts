/**
 * Exact decimals. A score is a whole number scaled by 10^decimals, held in a `number` that is always a safe integer;
 * text goes in and out digit by digit, never through a float.
 */

export const scaledMax = Number.MAX_SAFE_INTEGER;

export type ParsedDecimal = { scaled: number } | { problem: "too-many-decimals" | "out-of-range" | "not-a-number" };

const decimalText = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads a JSON number's own text. `-0` is 0; `1.50` has one decimal; `1e309` is out of range, not infinite.
 * @param round whether further digits are rounded, half to even, rather than refused
 */
export function parseDecimal(text: string, decimals: number, round = false): ParsedDecimal {
  const match = decimalText.exec(text);
  if (!match) return { problem: "not-a-number" };
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return { scaled: 0 };
  const significant = withoutTrailingZeros(digits);
  const shift = Number(exponent) - fraction.length + decimals + (digits.length - significant.length);
  if (shift < 0 && !round) return { problem: "too-many-decimals" };
  if (significant.length + shift > 16) return { problem: "out-of-range" };
  const scaled = shift < 0 ? roundedWithout(significant, -shift) : Number(significant + "0".repeat(shift));
  if (scaled > scaledMax) return { problem: "out-of-range" };
  return { scaled: sign === "-" && scaled !== 0 ? -scaled : scaled };
}

/** The number without its last `count` digits, half to even. The last of its digits is not 0; what is left has up to 16. */
function roundedWithout(digits: string, count: number): number {
  if (count > digits.length) return 0;
  const kept = Number(digits.slice(0, digits.length - count));
  const rest = digits.slice(digits.length - count);
  const isUp = rest === "5" ? kept % 2 === 1 : rest >= "5";
  return isUp ? kept + 1 : kept;
}

/** Writes a scaled whole number as the shortest exact decimal, which is also a JSON number. */
export function formatDecimal(scaled: number | bigint, decimals: number): string {
  if (decimals === 0) return String(scaled);
  const digits = String(scaled < 0 ? -scaled : scaled).padStart(decimals + 1, "0");
  const whole = digits.slice(0, -decimals);
  const fraction = withoutTrailingZeros(digits.slice(-decimals));
  return `${scaled < 0 ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A loop, because `/0+$/` takes quadratic time on zeros in the middle, and the text is anybody's. */
export function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}
