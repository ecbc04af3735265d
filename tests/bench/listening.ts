import type { Server } from "node:http";

/** Serves on a free port of this machine, says where, and ends when asked to. */
export function listening(server: Server, end: () => void = () => process.exit(0)): void {
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    process.stdout.write(`listening at http://127.0.0.1:${port}\n`);
  });
  process.once("SIGTERM", end);
}
