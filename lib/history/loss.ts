/** A failover, or a restore in place, takes events of the last minutes away at most; older ones are there to stay. */
const lossMaxMs = 300_000;

/** Whether caches may keep what follows from the events up to one stored at `at`: they could not be made to drop it. */
export function isPastLoss(at: number): boolean {
  return Date.now() - at > lossMaxMs;
}
