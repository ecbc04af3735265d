/** The Postgres and the Redis of all runs, in a temporary folder; as root, Postgres' on a small disk that can be filled. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { openDatabase } from "@/db/client";
import { migrateDatabase } from "@/db/migrate";
import { startPostgres } from "@/lib/embedded/postgres";
import { inSession } from "@/lib/embedded/postgres-session";
import { isRoot } from "@/lib/embedded/run-as";
import { type PgBouncer, startPgBouncer } from "@/tests/support/pgbouncer";
import { type PhysicalCopy, startPhysicalCopy } from "./physical-copy";
import { type RedisServer, startRedisServer } from "./redis-server";

export interface Stores {
  /** For whatever else a run keeps in files. */
  folder: string;
  redis: RedisServer;
  /** Between the instances and Postgres, if that was asked for. */
  pooler: PgBouncer | undefined;
  /** A migrated database of its own. */
  newDatabase(): Promise<{ url: string; drop(): Promise<void> }>;
  /** Copies a database that nobody is connected to, as a dump would; later `restoreDatabase` puts the copy in its place. */
  copyDatabase(url: string): Promise<void>;
  restoreDatabase(url: string): Promise<void>;
  /** A copy of a database that is in use; its sessions end. */
  copyBeside(url: string): Promise<{ url: string; drop(): Promise<void> }>;
  /** A byte copy of the whole server, which goes on meanwhile; gives the same database on the copy. One at a time. */
  copyPhysically(url: string): Promise<PhysicalCopy>;
  /** A moment later it is started again. */
  killPostgres(): Promise<void>;
  /** Undefined where no small disk could be had. */
  disk: { fill(): Promise<void>; free(): Promise<void> } | undefined;
  stop(): Promise<void>;
}

/**
 * The runs end processes, not the power, so nothing has to reach the disk; but commits do have to reach the kernel,
 * which is what `synchronous_commit` is left on for.
 */
const settings = {
  fsync: "off",
  full_page_writes: "off",
  max_connections: "200",
  shared_buffers: "32MB",
  min_wal_size: "32MB",
  max_wal_size: "64MB",
};

const diskBytes = "400m";

/** By default it would leave a Postgres alone for 15 s that it once did not reach. */
const poolerSettings = ["server_login_retry = 1"];

export async function startStores(options: { pooler: boolean }): Promise<Stores> {
  const folder = await mkdtemp(join(tmpdir(), "rungs-faults-"));
  await chmod(folder, 0o711);
  const dataDir = join(folder, "disk");
  const redisFolder = join(folder, "redis");
  for (const path of [dataDir, redisFolder]) await mkdir(path, { mode: 0o711 });
  const mounted = await mountSmallDisk(dataDir);
  const password = randomBytes(16).toString("hex");
  // What Postgres and its supervisor complain of while it is being killed is what was asked for.
  const logger = pino({ level: "silent" });
  const postgres = await startPostgres({ dataDir, password, logger, settings });
  const template = openDatabase(postgres.url);
  await migrateDatabase(template, "db/migrations");
  await template.close();
  const redis = await startRedisServer(redisFolder);
  const pooler = options.pooler ? await startPooler(join(folder, "pgbouncer"), postgres.url) : undefined;
  let copy: PhysicalCopy | undefined;
  return {
    folder,
    redis,
    pooler,
    newDatabase: () => newDatabase(postgres.url),
    copyDatabase: (url) => copyDatabase(postgres.url, url),
    restoreDatabase: (url) => restoreDatabase(postgres.url, url),
    copyBeside: (url) => copyBeside(postgres.url, url),
    async copyPhysically(url) {
      copy = await startPhysicalCopy(url, dataDir, { dataDir: join(folder, "copy"), password, logger, settings });
      return copy;
    },
    async killPostgres() {
      const [pid] = (await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(pid), "SIGKILL");
    },
    disk: mounted ? smallDisk(join(dataDir, "filler")) : undefined,
    async stop() {
      await Promise.allSettled([pooler?.stop(), copy?.stop(), postgres.stop(), redis.stop()]);
      if (mounted) await promisify(execFile)("umount", [dataDir]);
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

async function startPooler(folder: string, url: string): Promise<PgBouncer> {
  await mkdir(folder);
  return startPgBouncer({ folder, url, settings: poolerSettings });
}

async function newDatabase(templateUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `run_${randomBytes(6).toString("hex")}`;
  const at = (database: string) => new URL(`/${database}`, templateUrl).href;
  const template = new URL(templateUrl).pathname.slice(1);
  await inSession(at("postgres"), (sql) => sql.unsafe(`create database ${name} template ${template}`), 30_000);
  // Names the keys in Redis.
  await inSession(at(name), (sql) => sql`update installation set id = ${randomBytes(5).toString("hex")}`);
  const drop = () => inSession(at("postgres"), (sql) => sql.unsafe(`drop database ${name} with (force)`), 30_000);
  return { url: at(name), drop: async () => void (await drop()) };
}

const maintenance = (url: string) => new URL("/postgres", url).href;
const nameOf = (url: string) => new URL(url).pathname.slice(1);

async function copyDatabase(serverUrl: string, url: string): Promise<void> {
  const name = nameOf(url);
  await inSession(
    maintenance(serverUrl),
    async (sql) => {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
      await sql.unsafe(`create database ${name}_copy template ${name}`);
    },
    30_000,
  );
}

async function restoreDatabase(serverUrl: string, url: string): Promise<void> {
  const name = nameOf(url);
  await inSession(
    maintenance(serverUrl),
    async (sql) => {
      await sql.unsafe(`drop database ${name} with (force)`);
      await sql.unsafe(`alter database ${name}_copy rename to ${name}`);
    },
    30_000,
  );
}

async function copyBeside(serverUrl: string, url: string) {
  const name = nameOf(url);
  const copy = `${name}_beside`;
  const command = (...statements: string[]) =>
    inSession(
      maintenance(serverUrl),
      async (sql) => {
        for (const statement of statements) await sql.unsafe(statement);
      },
      30_000,
    );
  const allow = (are: boolean) => `alter database ${name} allow_connections ${are}`;
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`;
  await command(allow(false), end, `create database ${copy} template ${name}`).finally(() => command(allow(true)));
  return { url: new URL(`/${copy}`, serverUrl).href, drop: () => command(`drop database ${copy} with (force)`) };
}

async function mountSmallDisk(folder: string): Promise<boolean> {
  if (!isRoot() || process.platform !== "linux") return false;
  const args = ["-t", "tmpfs", "-o", `size=${diskBytes},mode=0711`, "rungs-faults", folder];
  return promisify(execFile)("mount", args).then(
    () => true,
    () => false,
  );
}

function smallDisk(filler: string): NonNullable<Stores["disk"]> {
  return {
    async fill() {
      const file = await open(filler, "w");
      try {
        // Whole pieces first, then the last bytes.
        for (const size of [1024 * 1024, 4096]) {
          const piece = Buffer.alloc(size, 1);
          while (await wrote(file.write(piece)));
        }
      } finally {
        await file.close();
      }
    },
    free: () => rm(filler, { force: true }),
  };
}

async function wrote(writing: Promise<{ bytesWritten: number }>): Promise<boolean> {
  return writing.then(
    ({ bytesWritten }) => bytesWritten > 0,
    () => false,
  );
}
