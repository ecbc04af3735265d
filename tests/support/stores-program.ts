/** What the stores are to a server, without the server: starts them, says where they are, stops them when asked to. */
import pino from "pino";
import { startStores } from "@/lib/embedded/stores";
import { readEnv } from "@/lib/env";

const logger = pino({ level: "warn" }, pino.destination(2));
const stopped = new Promise((resolve) => process.once("SIGTERM", resolve).once("SIGINT", resolve));
const keepAlive = setInterval(() => undefined, 60_000);
try {
  const stores = await startStores(readEnv(), logger, { privateRedis: !process.argv.includes("--no-redis") });
  process.stdout.write(`${JSON.stringify({ databaseUrl: stores.env.databaseUrl, redis: stores.env.redis ?? null })}\n`);
  await stopped;
  await stores.stop();
} catch (error) {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
} finally {
  clearInterval(keepAlive);
}
