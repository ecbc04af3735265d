class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** Rejects with `late` when `promise` takes longer than `ms`; the work itself is not stopped by it. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(late)), ms);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks every `everyMs` until the answer is not undefined; undefined after `ms`. */
export async function poll<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  ms: number,
  everyMs = 50,
): Promise<T | undefined> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= end) return undefined;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
