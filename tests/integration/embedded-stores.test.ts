import { execFile, spawn } from "node:child_process";
import { chown, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { poll } from "@/lib/embedded/deadline";
import { freePort } from "@/lib/embedded/free-port";
import { inSession } from "@/lib/embedded/postgres-session";
import { endOrphanedRedis, redisAnswers } from "@/lib/embedded/redis-session";
import { isRoot, unprivilegedUser } from "@/lib/embedded/run-as";
import { bundleProgram } from "@/tests/support/bundle";
import { type Program, runProgramInTest } from "@/tests/support/program";
import { tempFolder } from "@/tests/support/temp-folder";

let program: Awaited<ReturnType<typeof bundleProgram>>;

beforeAll(async () => {
  program = await bundleProgram("tests/support/stores-program.ts");
});

afterAll(() => program.remove());

interface Running extends Program {
  databaseUrl: string;
  redisUrl: string | undefined;
}

type Options = { env?: Record<string, string>; args?: string[]; user?: { uid: number; gid: number } };

function launch(dataDir: string, { env = {}, args = [], user }: Options = {}): Program {
  const own = { DATABASE_URL: undefined, REDIS_URL: undefined, DATA_DIR: dataDir };
  return runProgramInTest({ args: [program.path, ...args], env: { ...own, ...env }, ...(user && { user }) });
}

async function start(dataDir: string, options?: Options): Promise<Running> {
  const started = launch(dataDir, options);
  const [line] = await started.prints(/^\{"databaseUrl".*\}$/m);
  const { databaseUrl, redis } = JSON.parse(line) as { databaseUrl: string; redis: { url: string } | null };
  return { ...started, databaseUrl, redisUrl: redis?.url };
}

const remember = (url: string) => inSession(url, (sql) => sql`create table kept as select 42 as answer`);
const recall = (url: string) => inSession(url, async (sql) => (await sql`select answer from kept`)[0]?.answer);

function listens(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
  });
}

const postmaster = async (dataDir: string) =>
  Number((await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);

test("stores start in a folder that nobody else can enter, keep secrets to their user, and find the data again", async () => {
  const dataDir = join(await tempFolder(0o700), "data");
  const first = await start(dataDir);
  await remember(first.databaseUrl);
  expect(await redisAnswers(first.redisUrl ?? "")).toBe(true);
  for (const name of ["secrets.json", "runtime.json", "postgres.log", "redis.log"]) {
    expect([name, (await stat(join(dataDir, name))).mode & 0o777]).toEqual([name, 0o600]);
  }
  expect(await first.stop()).toBe(0);
  expect(await listens(first.databaseUrl)).toBe(false);
  expect(await listens(first.redisUrl ?? "")).toBe(false);
  const second = await start(dataDir, { args: ["--no-redis"] });
  expect(second.redisUrl).toBeUndefined();
  expect(await recall(second.databaseUrl)).toBe(42);
});

test.runIf(isRoot())("an ordinary user and root start on the same folder in turn, and find the data", async () => {
  const user = await unprivilegedUser();
  if (!user) throw new Error("This machine has no user to try it with.");
  const dataDir = await tempFolder();
  await chown(dataDir, user.uid, user.gid);
  const options = { args: ["--no-redis"] };
  const asRoot = await start(dataDir, options);
  await remember(asRoot.databaseUrl);
  await asRoot.stop();
  const asUser = await start(dataDir, { ...options, user });
  expect(await recall(asUser.databaseUrl)).toBe(42);
  await asUser.stop();
  expect(await recall((await start(dataDir, options)).databaseUrl)).toBe(42);
});

test.runIf(process.platform === "linux")("stores get none of the secrets in the environment", async () => {
  const secret = `secret-${process.pid}`;
  const running = await start(await tempFolder(), { env: { AUTH_SECRET: secret.padEnd(40, "x") } });
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const environments = pids.map((pid) => readFile(join("/proc", pid, "environ"), "utf8").catch(() => ""));
  const holders = (await Promise.all(environments)).flatMap((text, i) =>
    text.includes(secret) ? [Number(pids[i])] : [],
  );
  expect(holders).toEqual([running.pid]);
});

test("a second start on the same data folder is refused, naming the process that has it", async () => {
  const dataDir = await tempFolder();
  const first = await start(dataDir);
  const second = launch(dataDir);
  expect(await second.ended).toBe(1);
  expect(second.errors()).toContain(`already runs on the data folder ${dataDir} (process ${first.pid})`);
  expect(await listens(first.databaseUrl)).toBe(true);
});

test("after kill -9 the next start ends what was left running, and finds the data", async () => {
  const dataDir = await tempFolder();
  const killed = await start(dataDir);
  onTestFinished(() => endOrphanedRedis(killed.redisUrl ?? ""));
  await remember(killed.databaseUrl);
  killed.kill("SIGKILL");
  await killed.ended;
  expect(await redisAnswers(killed.redisUrl ?? "")).toBe(true);
  const orphan = await postmaster(dataDir);
  const next = await start(dataDir);
  expect(await redisAnswers(killed.redisUrl ?? "")).toBe(false);
  expect(await postmaster(dataDir)).not.toBe(orphan);
  expect(await recall(next.databaseUrl)).toBe(42);
});

test("a copy of the folder starts while the original runs, as an installation of its own, and leaves the original's stores alone", async () => {
  const parent = await tempFolder(0o711);
  const original = await start(join(parent, "original"));
  await remember(original.databaseUrl);
  await inSession(original.databaseUrl, (sql) => sql`create table installation as select 'its own' as id`);
  await inSession(original.databaseUrl, (sql) => sql`checkpoint`);
  await promisify(execFile)("cp", ["-a", join(parent, "original"), join(parent, "copy")]);
  const copy = await start(join(parent, "copy"));
  expect(copy.output()).toContain(`"copiedFrom":"${join(parent, "original")}"`);
  expect(await recall(copy.databaseUrl)).toBe(42);
  const idOf = (url: string) => inSession(url, async (sql) => (await sql`select id from installation`)[0]?.id);
  expect(await idOf(copy.databaseUrl)).not.toBe("its own");
  await copy.stop();
  expect(await idOf(original.databaseUrl)).toBe("its own");
  expect(await redisAnswers(original.redisUrl ?? "")).toBe(true);
});

test("a Postgres record whose pid has been given to another program does not keep stores from starting", async () => {
  const dataDir = await tempFolder(0o777);
  const user = isRoot() ? await unprivilegedUser() : undefined;
  const options = { args: ["--no-redis"], ...(user && { user }) };
  const killed = await start(dataDir, options);
  await remember(killed.databaseUrl);
  killed.kill("SIGKILL");
  const pid = await postmaster(dataDir);
  const record = await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8");
  process.kill(pid, "SIGKILL");
  await poll(async () => ((await listens(killed.databaseUrl)) ? undefined : true), 5000);
  const stranger = spawn("sleep", ["60"], { ...user, stdio: "ignore" });
  onTestFinished(() => void stranger.kill());
  await writeFile(join(dataDir, "postgres", "postmaster.pid"), record.replace(String(pid), String(stranger.pid)));
  expect(await recall((await start(dataDir, options)).databaseUrl)).toBe(42);
  expect(stranger.exitCode).toBeNull();
});

test("a Postgres or Redis that ends by itself comes back at the same address", async () => {
  const dataDir = await tempFolder();
  const stores = await start(dataDir);
  await remember(stores.databaseUrl);
  process.kill(await postmaster(dataDir), "SIGKILL");
  expect(await poll(() => recall(stores.databaseUrl).catch(() => undefined), 20_000)).toBe(42);
  await endOrphanedRedis(stores.redisUrl ?? "");
  expect(await poll(async () => (await redisAnswers(stores.redisUrl ?? "")) || undefined, 20_000)).toBe(true);
});

test("an unreachable database is refused in one line that does not show the password, and the folder is free again", async () => {
  const dataDir = await tempFolder();
  const url = `postgres://me:hunter2@127.0.0.1:${await freePort()}/rungs`;
  const refused = launch(dataDir, { env: { DATABASE_URL: url } });
  expect(await refused.ended).toBe(1);
  expect(refused.errors().trim().split("\n")).toHaveLength(1);
  expect(refused.errors()).toMatch(/DATABASE_URL: no Postgres answers at 127\.0\.0\.1:\d+ \(connection refused\)/);
  expect(refused.errors()).not.toContain("hunter2");
  await expect(stat(join(dataDir, "lock"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a data folder that cannot be made is refused in one line", async () => {
  const file = join(await tempFolder(), "file");
  await writeFile(file, "");
  const refused = launch(join(file, "data"));
  expect(await refused.ended).toBe(1);
  expect(refused.errors()).toMatch(/Cannot write to the data folder .*: set DATA_DIR/);
  await rm(file);
});
