import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDecimal, parseDecimal, scaledMax } from "@/lib/domain/decimal";

const decimals = fc.integer({ min: 0, max: 6 });

/** The quotient, rounded half to even. */
function halfEven(dividend: bigint, divisor: bigint): bigint {
  const [quotient, rest] = [dividend / divisor, dividend % divisor];
  const twice = 2n * (rest < 0n ? -rest : rest);
  const isUp = twice > divisor || (twice === divisor && quotient % 2n !== 0n);
  return isUp ? quotient + (dividend < 0n ? -1n : 1n) : quotient;
}

describe("parseDecimal", () => {
  test("reads what is written, digit by digit", () => {
    const cases: [string, number, number][] = [
      ["0", 0, 0],
      ["-0", 0, 0],
      ["-0.000", 2, 0],
      ["42", 0, 42],
      ["1.5", 1, 15],
      ["1.50", 1, 15],
      ["-1.05", 2, -105],
      ["0.1", 6, 100_000],
      ["1e3", 0, 1000],
      ["1.5E+3", 0, 1500],
      ["1500e-2", 0, 15],
      ["1e-6", 6, 1],
      ["0e999999999999999999999", 0, 0],
      ["9007199254740991", 0, scaledMax],
      ["-9007199254.740991", 6, -scaledMax],
      ["0.00000900719925474099100e21", 0, scaledMax],
    ];
    for (const [text, places, scaled] of cases) expect([text, parseDecimal(text, places)]).toEqual([text, { scaled }]);
  });

  test("refuses what would not be exact, and says why", () => {
    const cases: [string, number, string][] = [
      ["0.5", 0, "too-many-decimals"],
      ["1.001", 2, "too-many-decimals"],
      ["1e-7", 6, "too-many-decimals"],
      ["1e-99999999999999999999999", 6, "too-many-decimals"],
      ["9007199254740992", 0, "out-of-range"],
      ["9007199254740993", 0, "out-of-range"],
      ["-9007199254.740992", 6, "out-of-range"],
      ["1e309", 0, "out-of-range"],
      ["-1e309", 6, "out-of-range"],
      ["1e99999999999999999999999", 0, "out-of-range"],
      ...["NaN", "Infinity", "", " 1", "1 ", "+1", "1.", ".5", "0x10", "1e", "--1", "1,5", "１"].map(
        (text): [string, number, string] => [text, 2, "not-a-number"],
      ),
    ];
    for (const [text, places, problem] of cases)
      expect([text, parseDecimal(text, places)]).toEqual([text, { problem }]);
  });

  test("agrees with whole-number arithmetic on any JSON number", () => {
    const digits = fc.stringMatching(/^\d{1,20}$/);
    const parts = fc.record({
      minus: fc.boolean(),
      whole: digits,
      fraction: fc.option(digits, { nil: "" }),
      exponent: fc.integer({ min: -25, max: 25 }),
    });
    fc.assert(
      fc.property(parts, decimals, ({ minus, whole, fraction, exponent }, places) => {
        const text = `${minus ? "-" : ""}${whole}${fraction && `.${fraction}`}e${exponent}`;
        const shift = BigInt(exponent - fraction.length + places);
        const mantissa = BigInt(whole + fraction) * (minus ? -1n : 1n);
        const unit = 10n ** (shift < 0n ? -shift : shift);
        const result = parseDecimal(text, places);
        const rounded = shift < 0n ? halfEven(mantissa, unit) : mantissa * unit;
        const isIn = rounded <= BigInt(scaledMax) && rounded >= -BigInt(scaledMax);
        expect(parseDecimal(text, places, true)).toEqual(
          isIn ? { scaled: Number(rounded) } : { problem: "out-of-range" },
        );
        if (shift < 0n && mantissa % unit !== 0n) expect(result).toEqual({ problem: "too-many-decimals" });
        else {
          const exact = shift < 0n ? mantissa / unit : mantissa * unit;
          const fits = exact <= BigInt(scaledMax) && exact >= -BigInt(scaledMax);
          expect(result).toEqual(fits ? { scaled: Number(exact) } : { problem: "out-of-range" });
        }
      }),
    );
  });

  test("rounds further digits half to even where that is asked for", () => {
    const cases: [string, number, number][] = [
      ["61.300000000000004", 3, 61_300],
      ["0.5", 0, 0],
      ["1.5", 0, 2],
      ["2.5", 0, 2],
      ["2.50000000000000000000000000001", 0, 3],
      ["-0.5", 0, 0],
      ["-1.5", 0, -2],
      ["-2.5000", 0, -2],
      ["0.49999999999999999999", 0, 0],
      ["0.05", 1, 0],
      ["0.15", 1, 2],
      ["1e-7", 6, 0],
      ["5e-7", 6, 0],
      ["15e-7", 6, 2],
      ["9.5", 0, 10],
      ["99999.9995e-1", 3, 10_000_000],
      ["1e-99999999999999999999999", 6, 0],
      ["9007199254740990.5", 0, scaledMax - 1],
      ["9007199254740991.49", 0, scaledMax],
      ["-9007199254740991.49", 0, -scaledMax],
    ];
    for (const [text, places, scaled] of cases) {
      expect([text, parseDecimal(text, places, true)]).toEqual([text, { scaled }]);
    }
    for (const text of [
      "9007199254740991.5",
      "-9007199254740991.5",
      "9007199254740993.5",
      "1e99999999999999999999999",
    ]) {
      expect([text, parseDecimal(text, 0, true)]).toEqual([text, { problem: "out-of-range" }]);
    }
    expect(parseDecimal("x.5", 0, true)).toEqual({ problem: "not-a-number" });
  });

  test("takes no longer for a megabyte of digits than reading them takes", () => {
    const zeros = "0".repeat(500_000);
    const started = performance.now();
    expect(parseDecimal(`1${zeros}1`, 0)).toEqual({ problem: "out-of-range" });
    expect(parseDecimal(`${zeros}.${zeros}1`, 0)).toEqual({ problem: "too-many-decimals" });
    expect(parseDecimal(`${zeros}x`, 0)).toEqual({ problem: "not-a-number" });
    expect(parseDecimal(`0.${zeros}1`, 0, true)).toEqual({ scaled: 0 });
    expect(parseDecimal(`1.5${zeros}1`, 0, true)).toEqual({ scaled: 2 });
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("formatDecimal", () => {
  test("writes the shortest exact decimal", () => {
    expect(formatDecimal(-0, 0)).toBe("0");
    expect(formatDecimal(-0, 3)).toBe("0");
    expect(formatDecimal(5, 2)).toBe("0.05");
    expect(formatDecimal(-5, 2)).toBe("-0.05");
    expect(formatDecimal(150, 2)).toBe("1.5");
    expect(formatDecimal(100, 2)).toBe("1");
    expect(formatDecimal(scaledMax, 6)).toBe("9007199254.740991");
  });

  test("is read back as the same number, and is a JSON number", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), decimals, (scaled, places) => {
        const text = formatDecimal(scaled, places);
        expect(parseDecimal(text, places)).toEqual({ scaled: scaled + 0 });
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });
});
