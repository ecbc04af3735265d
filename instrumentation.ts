/** For plain `next start`, where no server entry wires things. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startWithoutServerEntry } = await import("@/lib/start/without-server-entry");
    await startWithoutServerEntry();
  }
}
