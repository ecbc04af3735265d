/**
 * Time limits counted in ticks: however long this process is stalled, that is one tick, because an answer may have
 * arrived meanwhile that lies there unread.
 */
const ticks = 5;

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
  let left = ticks;
  const timer = setInterval(() => {
    if (--left > 0) return;
    clearInterval(timer);
    expire();
  }, ms / ticks).unref();
  return () => clearInterval(timer);
}

export function noAnswer(ms: number): string {
  return `Redis did not answer within ${ms} ms`;
}

export class RedisTimeoutError extends Error {
  override readonly name = "RedisTimeoutError";
}
