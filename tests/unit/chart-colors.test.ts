import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Rgb = [number, number, number];

const css = readFileSync("app/_styles/tokens.css", "utf8");
const tokens = [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => {
  return { name, light: linear(light ?? ""), dark: linear(dark ?? "") };
});
const series = tokens.filter(({ name }) => name?.startsWith("series-"));
const surface = tokens.find(({ name }) => name === "color-surface");

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear light. */
const visions: Record<string, number[][]> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** In CIE76; 2.3 is just noticed side by side, but lines are thin and lie apart. */
const differenceMin = 20;

describe.each(["light", "dark"] as const)("the lines' colours in %s", (theme) => {
  it("stand out from the surface, 3:1 and more", () => {
    expect(series).toHaveLength(10);
    for (const color of series) {
      expect([color.name, contrast(color[theme], surface?.[theme] ?? [0, 0, 0]) >= 3]).toEqual([color.name, true]);
    }
  });

  it.each(Object.keys(visions))("are told apart with %s", (vision) => {
    const seen = series.map((color) => lab(through(visions[vision] ?? [], color[theme])));
    const close = seen.flatMap((a, i) => seen.slice(i + 1).map((b, j) => [i, i + 1 + j, distance(a, b)] as const));
    expect(close.filter(([, , difference]) => difference < differenceMin)).toEqual([]);
  });
});

function linear(hex: string): Rgb {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
}

function luminance([r, g, b]: Rgb): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function through(matrix: number[][], color: Rgb): Rgb {
  return matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, by, i) => sum + by * (color[i] ?? 0), 0),
      ),
    ),
  ) as Rgb;
}

/** CIE L*a*b*, D65. */
function lab([r, g, b]: Rgb): Rgb {
  const x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047;
  const y = luminance([r, g, b]);
  const z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883;
  const [fx, fy, fz] = [x, y, z].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)) as Rgb;
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

function distance(a: Rgb, b: Rgb): number {
  return Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));
}
