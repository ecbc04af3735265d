/** Spreads clients out, so that they neither poll nor come back in step. All times in milliseconds. */

const backoffFirstMs = 1_000;
const backoffMinMs = 500;
const backoffMaxMs = 20_000;

/** "Full jitter": anywhere from half a second to a ceiling that doubles with every failure, up to 20 seconds. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(backoffMaxMs, backoffFirstMs * 2 ** failures);
  return backoffMinMs + random() * (ceiling - backoffMinMs);
}

/** The interval, 10 % more or less. */
export function jitteredMs(intervalMs: number, random: () => number = Math.random): number {
  return intervalMs * (0.9 + 0.2 * random());
}
