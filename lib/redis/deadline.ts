/**
 * Time limits that count only time in which this process could have looked: while it was stalled an answer may have
 * arrived that lies there unread, so a timer that fires late gives the delay back, once.
 */
const stalledMs = 20;

/** Rejects with a RedisTimeoutError of that message once `ms` have passed; the work itself is not stopped by it. */
export function within<T>(ms: number, message: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = after(ms, () => reject(new RedisTimeoutError(message)));
    work.then(resolve, reject).finally(cancel);
  });
}

/** Aborts once `ms` have passed. Does not keep the process alive. */
export function deadlineSignal(ms: number, message: string): AbortSignal {
  const controller = new AbortController();
  after(ms, () => controller.abort(new RedisTimeoutError(message)));
  return controller.signal;
}

function after(ms: number, expire: () => void): () => void {
  const due = performance.now() + ms;
  let timer = setTimeout(() => {
    const stalled = Math.min(performance.now() - due, ms);
    timer = setTimeout(expire, stalled > stalledMs ? stalled : 0).unref();
  }, ms).unref();
  return () => clearTimeout(timer);
}

export function noAnswer(ms: number): string {
  return `Redis did not answer within ${ms} ms`;
}

export class RedisTimeoutError extends Error {
  override readonly name = "RedisTimeoutError";
}
