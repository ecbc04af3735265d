/**
 * Runs as a process of its own beside a test file: one Redis in a temporary folder. It lives as long as its standard
 * input is open, so that Redis is ended and the folder is deleted however the test run ends.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { startRedis } from "@/lib/embedded/redis";

const dataDir = await mkdtemp(join(tmpdir(), "rungs-redis-"));
const inputEnded = new Promise((resolve) => process.stdin.resume().once("close", resolve));
try {
  await chmod(dataDir, 0o711);
  const redis = await startRedis({ dataDir, logger: pino({ level: "error" }, pino.destination(2)) });
  if (!redis) throw new Error("The tests need redis-server: `npm test` says how to get it.");
  process.stdout.write(`${redis.url}\n`);
  await inputEnded;
  await redis.stop();
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
