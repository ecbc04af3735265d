/**
 * For plain `next start`, where no server entry wires things: connects at start, and drains streams on SIGTERM, which
 * Next by itself would wait for.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { getServices, hasServices } = await import("@/lib/services");
  if (hasServices()) return;
  const services = await getServices();
  process.once("SIGTERM", () => {
    services.drain();
    void services.close();
  });
}
