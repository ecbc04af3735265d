/** The whole product, two instances of it, over each way to Redis. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "@/db/client";
import { createApiKeys } from "@/lib/auth/api-keys";
import type { PlayerStanding, Snapshot } from "@/lib/domain/snapshot";
import { rungs } from "@/tests/support/command";
import { createTestDatabase } from "@/tests/support/postgres";
import { redisUrl } from "@/tests/support/redis";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { silentLog } from "@/tests/support/silent-log";
import { openStream } from "@/tests/support/sse-client";
import { tempFolder } from "@/tests/support/temp-folder";
import { startUpstashServer, type UpstashServer } from "@/tests/support/upstash-server";

type Settings = Record<string, string | undefined>;

const transports: Record<string, (upstash: UpstashServer) => Settings> = {
  "Redis over TCP": () => ({ REDIS_URL: redisUrl() }),
  "Upstash's REST protocol": ({ url, token }) => ({
    REDIS_URL: undefined,
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: token,
  }),
};

const visibleWithinMs = 2_000;

describe.each(Object.entries(transports))("over %s", (_name, settings) => {
  const board = "sample";
  let upstash: UpstashServer;
  let servers: RungsServer[];
  let key: string;
  /** For commands: the same Redis, through a door of their own. */
  let stores: Settings;
  let upstashOfCommands: UpstashServer;

  beforeAll(async () => {
    upstash = await startUpstashServer({ redisUrl: redisUrl() });
    const databaseUrl = await createTestDatabase();
    const env = { DATABASE_URL: databaseUrl, AUTH_SECRET: randomBytes(32).toString("hex"), ...settings(upstash) };
    upstashOfCommands = await startUpstashServer({ redisUrl: redisUrl() });
    stores = { ...env, ...settings(upstashOfCommands) };
    servers = [await startRungs({ env }), await startRungs({ env })];
    const database = openDatabase(databaseUrl);
    const keys = createApiKeys({ database, ...silentLog() });
    const scopes = ["scores:write" as const, "boards:manage" as const];
    key = (await keys.create({ name: "a test", scopes, boards: null })).key;
    await keys.close();
    await database.close();
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await upstash.close();
    await upstashOfCommands.close();
  });

  const url = (instance: number, path = "") => `${servers[instance]?.url}/api/v1/boards/${board}${path}`;
  const send = async (method: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const response = await fetch(url(0, path), { method, headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return response.json();
  };

  it("a score posted to one instance is ranked, polled and streamed by the other", async () => {
    await send("PATCH", "", { delivery: "sse" });
    const first = await send("POST", "/scores", {
      scores: [
        { player: "a", score: 5 },
        { player: "42", score: 7 },
      ],
    });
    expect(first.results.map((result: { rank: number }) => result.rank)).toEqual([2, 1]);
    await expect
      .poll(async () => ((await (await fetch(url(1))).json()) as Snapshot).board.delivery, { timeout: visibleWithinMs })
      .toBe("sse");

    const stream = await openStream({ port: Number(new URL(url(1)).port), board, query: { player: "a" } });
    await stream.next("snapshot");
    const { epoch, version } = await send("POST", "/scores", { player: "a", name: "Ada", score: 9 });
    const shown = await stream.reaches(version, visibleWithinMs, epoch);
    expect(shown.entries.map(({ rank, name, score }) => [rank, name, score])).toEqual([
      [1, "Ada", 9],
      [2, "42", 7],
    ]);
    stream.close();

    const polled = (await (await fetch(url(1))).json()) as Snapshot;
    expect(polled).toMatchObject({ epoch, version, entries: shown.entries });
    const player = (await (await fetch(url(1, "/players/42"))).json()) as PlayerStanding;
    expect(player).toMatchObject({ entry: { rank: 2 }, next: { player: "a", gap: 2 } });
  });

  it("the command line changes a board, and both instances follow", async () => {
    const dataDir = await tempFolder();
    const command = (...args: string[]) => rungs(args, { ...stores, DATA_DIR: dataDir });
    const total = async () => {
      const listed = JSON.parse((await command("board", "list", "--json")).stdout);
      return listed.find(({ id }: { id: string }) => id === board)?.total;
    };
    const { version } = await send("POST", "/scores", { player: "cli", score: 1 });
    expect(await total()).toBe(((await (await fetch(url(0))).json()) as Snapshot).total);
    const seen = await Promise.all([0, 1].map(async (i) => (await (await fetch(url(i))).json()) as Snapshot));
    expect(seen.map((snapshot) => snapshot.version)).toEqual([version, version]);

    expect(await command("board", "set", board, "--name", "By command")).toMatchObject({ code: 0, stderr: "" });
    for (const i of [0, 1]) {
      const name = async () => ((await (await fetch(url(i))).json()) as Snapshot).board.name;
      await expect.poll(name, { timeout: visibleWithinMs }).toBe("By command");
    }
    expect(upstashOfCommands.seen.requestBytesMax > 0).toBe(stores.REDIS_URL === undefined);
    const made = await command("key", "create", "--name", "cli", "--scopes", "scores:write");
    const headers = { authorization: `Bearer ${made.stdout.trim()}`, "content-type": "application/json" };
    const body = JSON.stringify({ player: "cli", score: 100 });
    const posted = await fetch(url(1, "/scores"), { method: "POST", headers, body });
    expect(await posted.json()).toMatchObject({ results: [{ rank: 1 }] });
    expect(await command("board", "delete", board, "--yes")).toMatchObject({ code: 0, stderr: "" });
    for (const i of [0, 1]) {
      await expect.poll(async () => (await fetch(url(i))).status, { timeout: visibleWithinMs }).toBe(404);
    }
  }, 60_000);
});
