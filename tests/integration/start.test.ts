import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import type { Runtime } from "@/lib/embedded/data-folder";
import { freePort } from "@/lib/embedded/free-port";
import { endOrphanedRedis, redisAnswers } from "@/lib/embedded/redis-session";
import { firstLinkIn, tokenOf } from "@/tests/support/join-links";
import { redisUrl } from "@/tests/support/redis";
import { type RungsOptions, type RungsServer, startRungs } from "@/tests/support/server";
import { tempFolder } from "@/tests/support/temp-folder";

async function start(options: RungsOptions): Promise<RungsServer> {
  const server = await startRungs(options);
  onTestFinished(async () => {
    await server.stop();
  });
  return server;
}

/** Why a start ended, in the lines it gave for it. */
async function refusal(options: RungsOptions): Promise<string[]> {
  const error = await startRungs(options).then(
    (server) => server.stop().then(() => new Error("It started.")),
    (reason: Error) => reason,
  );
  return error.message.split("\n").filter((line) => line.startsWith("rungs: "));
}

async function isIn(folder: string, name: string): Promise<boolean> {
  return access(join(folder, name)).then(
    () => true,
    () => false,
  );
}

async function runtimeOf(dataDir: string): Promise<Runtime> {
  return JSON.parse(await readFile(join(dataDir, "runtime.json"), "utf8")) as Runtime;
}

async function scoresOn(url: string): Promise<unknown> {
  const board = (await (await fetch(`${url}/api/v1/boards/sample`)).json()) as { entries: unknown };
  return board.entries;
}

/** The command as printed, run as a newcomer would. */
async function pasteCurl(server: RungsServer): Promise<unknown> {
  const [, command = ""] = await server.prints(/^ *(curl (?:.|\n)*?}')$/m);
  const { stdout } = await promisify(execFile)("sh", ["-c", command.replace("curl", "curl -s")]);
  return JSON.parse(stdout);
}

async function joinBy(link: string, { url }: RungsServer): Promise<void> {
  const person = { name: "Ada", email: "ada@example.com", password: "tall ships leave at dawn" };
  const joined = await fetch(`${url}/api/v1/invitations/accept`, {
    method: "POST",
    headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
    body: JSON.stringify({ token: tokenOf(link), ...person }),
  });
  expect(joined.status).toBe(201);
}

test("a first start prints address, one-time link, data folder, parts and a curl that works; a restart with an organizer finds the score and prints no secret", async () => {
  const dataDir = join(await tempFolder(0o700), "Ada's data");
  const first = await start({ dataDir, embedded: true });
  const link = firstLinkIn(first.output());
  expect((await fetch(link)).status).toBe(200);
  expect(first.output()).toContain(`Data      ${dataDir}`);
  expect(first.output()).toContain("Postgres  embedded");
  expect(first.output()).toContain("Ranks     in a private Redis");
  expect(await pasteCurl(first)).toMatchObject({ results: [{ player: "ada", status: "applied", rank: 1 }] });
  expect((await fetch(`${first.url}/boards/sample`)).status).toBe(200);
  await joinBy(link, first);
  expect(await first.stop()).toBe(0);
  const second = await start({ dataDir, embedded: true, args: ["--no-redis"] });
  expect(second.output()).not.toMatch(/rungs_\w+_|\/join/);
  expect(second.output()).toContain("Ranks     in this process");
  expect(await scoresOn(second.url)).toMatchObject([{ player: "ada", score: 42 }]);
  expect(await pasteCurl(second)).toMatchObject({ results: [{ status: "unchanged", rank: 1 }] });
});

test("a second start on the same data folder is refused in one line with process and address; the first goes on", async () => {
  const first = await start({ dataDir: await tempFolder() });
  expect(await refusal({ dataDir: first.dataDir })).toEqual([
    `rungs: Rungs already runs on the data folder ${first.dataDir} (process ${first.pid} at ${first.url}): stop it first, or set DATA_DIR and PORT to start another.`,
  ]);
  expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
});

test("after kill -9 the next start works, finds the scores, and leaves nothing of the killed one running", async () => {
  const dataDir = await tempFolder();
  const killed = await start({ dataDir, embedded: true });
  await pasteCurl(killed);
  const { redisUrl = "" } = await runtimeOf(dataDir);
  onTestFinished(() => endOrphanedRedis(redisUrl));
  killed.kill("SIGKILL");
  await killed.ended;
  const next = await start({ dataDir, embedded: true });
  expect(await scoresOn(next.url)).toMatchObject([{ player: "ada", score: 42 }]);
  expect(await redisAnswers(redisUrl)).toBe(false);
});

test("SIGTERM says goodbye to viewers, ends with 0 within 5 seconds, and leaves no Postgres or Redis running", async () => {
  const dataDir = await tempFolder();
  const server = await start({ dataDir, embedded: true });
  const { redisUrl = "" } = await runtimeOf(dataDir);
  const stream = await openStream(server);
  const began = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(await stream.rest()).toMatch(/event: bye\ndata: {"reason":"draining"}\n\n$/);
  expect(await redisAnswers(redisUrl)).toBe(false);
  for (const name of ["lock", "runtime.json", "postgres/postmaster.pid"]) {
    expect([name, await isIn(dataDir, name)]).toEqual([name, false]);
  }
});

test("a port in use is refused in one line that says what to do, and leaves nothing running", async () => {
  const other = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => other.listen(port, resolve));
  onTestFinished(() => void other.close());
  const dataDir = await tempFolder();
  expect(await refusal({ dataDir, embedded: true, env: { PORT: String(port) } })).toEqual([
    `rungs: Port ${port} is in use: end what listens there, or set PORT to another one.`,
  ]);
  expect(await isIn(dataDir, "lock")).toBe(false);
  expect(await isIn(dataDir, "postgres/postmaster.pid")).toBe(false);
});

test("every bad setting gets a line of its own", async () => {
  const lines = await refusal({ dataDir: await tempFolder(), env: { PORT: "eighty", REDIS_URL: "localhost" } });
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^rungs: PORT: must be a port number/);
  expect(lines[1]).toMatch(/^rungs: REDIS_URL: must be a URL such as redis:/);
});

test("an unreachable database is refused in one line that says what to do", async () => {
  const url = `postgres://me:secret@127.0.0.1:${await freePort()}/rungs`;
  const lines = await refusal({ dataDir: await tempFolder(), env: { DATABASE_URL: url } });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^rungs: DATABASE_URL: no Postgres answers at 127\.0\.0\.1:\d+ .*leave it out/);
});

test("a Redis that can never be used ends the start in one line; one that is away is named, and boards are stale", async () => {
  const url = redisUrl().replace(/:[^:@]+@/, ":not-the-password@");
  expect(await refusal({ dataDir: await tempFolder(), env: { REDIS_URL: url } })).toEqual([
    `rungs: REDIS_URL: ${new URL(url).host} refuses the credentials`,
  ]);
  const server = await start({ env: { REDIS_URL: `redis://127.0.0.1:${await freePort()}` } });
  expect(server.output()).toMatch(
    /Ranks {5}in your Redis \(REDIS_URL\), which cannot be used at present \(unreachable: .*ECONN/,
  );
  expect(await (await fetch(`${server.url}/api/v1/boards/sample`)).json()).toMatchObject({ stale: true });
});

/** A viewer of the sample board, which has got its first snapshot; gives what it receives from then on. */
async function openStream({ url, dataDir }: RungsServer): Promise<{ rest(): Promise<string> }> {
  const command = ["scripts/rungs.mjs", "board", "set", "sample", "--delivery", "sse"];
  await promisify(execFile)(process.execPath, command, { env: { ...process.env, DATA_DIR: dataDir } });
  const stream = await fetch(`${url}/api/v1/boards/sample/stream`);
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  const read = async (until: RegExp) => {
    for (let text = ""; ; ) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      text += value ?? "";
      if (done || until.test(text)) return text;
    }
  };
  expect(await read(/event: snapshot\n(.+\n)+\n/)).toContain("event: snapshot");
  return { rest: () => read(/$^/) };
}
