/**
 * Spares callers the wait for a server that is known to be away: after a failure every call fails at once for `openMs`,
 * then one is let through, and the rest follow if it succeeds.
 */
export interface Circuit {
  run<T>(call: () => Promise<T>): Promise<T>;
}

interface CircuitOptions {
  openMs: number;
  /** Whether an error means that the server is away; others leave the circuit closed. */
  isOutage: (error: unknown) => boolean;
}

export function createCircuit({ openMs, isOutage }: CircuitOptions): Circuit {
  let openUntil: number | undefined;
  let probing = false;

  return {
    async run(call) {
      const probe = openUntil !== undefined;
      if (openUntil !== undefined && (probing || performance.now() < openUntil)) throw new CircuitOpenError();
      if (probe) probing = true;
      try {
        const result = await call();
        openUntil = undefined;
        return result;
      } catch (error) {
        openUntil = isOutage(error) ? performance.now() + openMs : undefined;
        throw error;
      } finally {
        if (probe) probing = false;
      }
    },
  };
}

class CircuitOpenError extends Error {
  override readonly name = "CircuitOpenError";

  constructor() {
    super("it did not answer a moment ago");
  }
}
