/** Full jitter: anything from nothing to twice as much with every failure, up to `maxMs`. */
export function backoffMs(failures: number, firstMs: number, maxMs: number): number {
  return Math.random() * Math.min(maxMs, firstMs * 2 ** Math.min(failures, 20));
}
