/** A reading that everybody shares who asks within `ms` of its start. */
export function keptFor<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; reading: Promise<T> } | null = null;
  return () => {
    const now = performance.now();
    if (!last || now - last.at >= ms) last = { at: now, reading: read() };
    return last.reading;
  };
}
