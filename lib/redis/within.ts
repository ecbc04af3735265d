/**
 * Rejects with an error of that message once `ms` have passed; the work itself is not stopped by it.
 * What arrived while this process was too busy to look still counts: the event loop gets one more turn first.
 */
export function within<T>(ms: number, message: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new RedisTimeoutError(message))), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export class RedisTimeoutError extends Error {
  override readonly name = "RedisTimeoutError";
}
