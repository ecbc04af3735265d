/**
 * Exact decimals. A score is a whole number scaled by 10^decimals, held in a `number` that is always a safe integer;
 * text goes in and out digit by digit, never through a float.
 */

export const scaledMax = Number.MAX_SAFE_INTEGER;

export type ParsedDecimal = { scaled: number } | { problem: "too-many-decimals" | "out-of-range" | "not-a-number" };

const decimalText = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Reads a JSON number's own text. `-0` is 0; `1.50` has one decimal; `1e309` is out of range, not infinite. */
export function parseDecimal(text: string, decimals: number): ParsedDecimal {
  const match = decimalText.exec(text);
  if (!match) return { problem: "not-a-number" };
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return { scaled: 0 };
  const significant = withoutTrailingZeros(digits);
  const shift = Number(exponent) - fraction.length + decimals + (digits.length - significant.length);
  if (shift < 0) return { problem: "too-many-decimals" };
  if (significant.length + shift > 16) return { problem: "out-of-range" };
  const scaled = Number(significant + "0".repeat(shift));
  if (scaled > scaledMax) return { problem: "out-of-range" };
  return { scaled: sign === "-" ? -scaled : scaled };
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
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}
