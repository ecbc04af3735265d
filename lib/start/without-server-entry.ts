import { setTimeout } from "node:timers/promises";
import { getServices, hasServices, type Services } from "@/lib/services";

const retryEveryMs = 2_000;

/**
 * Connects at start, and drains streams on SIGTERM, which Next by itself would wait for. Next would answer every request
 * with 500 for as long as the process lives if this failed once: it does not, but for settings that have to be corrected.
 */
export async function startWithoutServerEntry(): Promise<void> {
  if (hasServices()) return;
  await getServices().then(endInOrder, (error: unknown) => {
    if (error instanceof Error && error.name === "SettingsError") {
      process.stderr.write(`rungs: ${error.message}\n`);
      process.exit(1);
    }
    void retry();
  });
}

async function retry(): Promise<void> {
  for (;;) {
    await setTimeout(retryEveryMs);
    // It logs why.
    const services = await getServices().catch(() => null);
    if (services) return endInOrder(services);
  }
}

function endInOrder(services: Services): void {
  process.once("SIGTERM", () => {
    services.drain();
    void services.close();
  });
}
