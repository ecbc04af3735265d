import { getServices, hasServices } from "@/lib/services";

/** Connects at start, and drains streams on SIGTERM, which Next by itself would wait for. */
export async function startWithoutServerEntry(): Promise<void> {
  if (hasServices()) return;
  const services = await getServices();
  process.once("SIGTERM", () => {
    services.drain();
    void services.close();
  });
}
