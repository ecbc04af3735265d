/**
 * Runs as a process of its own beside a test run: one Postgres and one Redis in a temporary folder. It lives as long as
 * its standard input is open, so that they are ended and the folder is deleted however the test run ends.
 */
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { openDatabase } from "@/db/client";
import { migrateDatabase } from "@/db/migrate";
import { startPostgres } from "@/lib/embedded/postgres";
import { startRedis } from "@/lib/embedded/redis";

export interface TestStores {
  /** For whatever else a test keeps in files; deleted with the rest. */
  folder: string;
  /** Of a migrated database that is only ever copied from. */
  templateUrl: string;
  redisUrl: string;
}

// What a test run writes is thrown away; it need not survive a power cut.
const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "200" };

// The test run may be gone before the stores are there.
process.stdout.on("error", () => undefined);

const running: { stop(): Promise<void> }[] = [];
const dataDir = await mkdtemp(join(tmpdir(), "rungs-test-"));
const inputEnded = new Promise((resolve) => process.stdin.resume().once("close", resolve));
try {
  await chmod(dataDir, 0o711);
  process.stdout.write(`${JSON.stringify(await start())}\n`);
  await inputEnded;
} finally {
  await Promise.allSettled(running.map((store) => store.stop()));
  // Programs of an interrupted test may still be putting their things in order there.
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

async function start(): Promise<TestStores> {
  const logger = pino({ level: "error" }, pino.destination(2));
  const redis = await startRedis({ dataDir, logger });
  if (!redis) throw new Error("The tests need redis-server: `npm test` says how to get it.");
  running.push(redis);
  const password = randomBytes(16).toString("hex");
  const postgres = await startPostgres({ dataDir, password, logger, settings });
  running.push(postgres);
  const template = openDatabase(postgres.url);
  await migrateDatabase(template, "db/migrations");
  await template.close();
  return { folder: dataDir, templateUrl: postgres.url, redisUrl: redis.url };
}
