import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import pino from "pino";
import { startRedis } from "@/lib/embedded/redis";

export interface PrivateRedis {
  url: string;
  /** Runs one command and gives its reply. */
  command(...args: string[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** A Redis that no other test sees, to be emptied, paused and cut off at will. */
export async function startPrivateRedis(): Promise<PrivateRedis> {
  const dataDir = await mkdtemp(join(tmpdir(), "rungs-redis-"));
  await chmod(dataDir, 0o711);
  const server = await startRedis({ dataDir, logger: pino({ level: "silent" }) });
  if (!server) throw new Error("The tests need redis-server: `npm test` says how to get it.");
  const client = await createClient({ url: server.url })
    .on("error", () => undefined)
    .connect();
  return {
    url: server.url,
    command: (...args) => client.sendCommand(args),
    async stop() {
      client.destroy();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
