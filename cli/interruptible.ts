const exitInterrupted = 130;

/** Gives `work` a signal that Ctrl-C and SIGTERM abort; a second one ends the process. Resolves to the exit code. */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<number>,
  onInterrupted: () => void,
): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await work(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    onInterrupted();
    return exitInterrupted;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
