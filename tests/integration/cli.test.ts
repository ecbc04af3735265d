import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { BoardView } from "@/lib/domain/board";
import { poll } from "@/lib/embedded/deadline";
import { inSession } from "@/lib/embedded/postgres-session";
import { rungs } from "@/tests/support/command";
import { createEmptyDatabase } from "@/tests/support/postgres";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { tempFolder } from "@/tests/support/temp-folder";

// Each command is a process of its own, and a test runs several.
vi.setConfig({ testTimeout: 120_000 });

let server: RungsServer;

beforeAll(async () => {
  server = await startRungs();
});

afterAll(async () => {
  await server.stop();
});

/** On the server's data folder, where the command finds the stores it runs on. */
const onServer = (...args: string[]) => rungs(args, { DATA_DIR: server.dataDir });

async function newKey(...more: string[]): Promise<string> {
  const { stdout } = await onServer("key", "create", "--name", "test", "--scopes", "scores:write", ...more);
  return stdout.trim();
}

function post(key: string, board: string, url = server.url): Promise<Response> {
  return fetch(`${url}/api/v1/boards/${board}/scores`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ player: "ada", score: 3 }),
  });
}

async function boardOf(id: string, url = server.url): Promise<BoardView | number> {
  const response = await fetch(`${url}/api/v1/boards/${id}`);
  return response.ok ? ((await response.json()) as { board: BoardView }).board : response.status;
}

/** A change made by the command may take the server as long as its sweep. */
const seenWithin = (seen: () => Promise<boolean>) => poll(async () => (await seen()) || undefined, 15_000, 100);

test("`key create` prints only the key, and the key works", async () => {
  await onServer("board", "create", "keys", "--name", "Keys");
  const created = await onServer("key", "create", "--name", "game", "--scopes", "scores:write,boards:manage");
  expect(created).toEqual({ code: 0, stdout: expect.stringMatching(/^rungs_\w{12}_\w{49}\n$/), stderr: "" });
  expect((await post(created.stdout.trim(), "keys")).status).toBe(200);
});

test("a key for some boards is good for those and no others", async () => {
  await onServer("board", "create", "mine", "--name", "Mine");
  await onServer("board", "create", "other", "--name", "Other");
  const key = await newKey("--boards", "mine,yours");
  expect((await post(key, "mine")).status).toBe(200);
  expect((await post(key, "other")).status).toBe(403);
});

test("`key revoke` ends a key within a second, and `key list` says so without ever showing a secret", async () => {
  const key = await newKey();
  const [, id = "", secret = ""] = key.split("_");
  await post(key, "keys");
  expect((await onServer("key", "revoke", id)).code).toBe(0);
  expect(await poll(async () => ((await post(key, "keys")).status === 401 ? true : undefined), 1_000)).toBe(true);

  const listed = await onServer("key", "list", "--json");
  const found = JSON.parse(listed.stdout).find((one: { id: string }) => one.id === id);
  expect(found).toMatchObject({ name: "test", scopes: ["scores:write"], boards: null, revokedAt: expect.any(String) });
  expect(listed.stdout).not.toContain(secret);
  expect((await onServer("key", "list")).stdout).toMatch(new RegExp(`^${id} .* revoked `, "m"));
  expect(await onServer("key", "revoke", "nosuchkey")).toMatchObject({ code: 1, stdout: "" });
});

test("a board is created, listed, changed and deleted, and the running server follows each time", async () => {
  const settings = ["--order", "asc", "--decimals", "2", "--tiebreak", "misses:asc", "--tiebreak", "style:desc"];
  const created = await onServer("board", "create", "sprint", "--name", "Sprint 冲刺", ...settings);
  expect(created).toMatchObject({ code: 0, stderr: "" });
  const board = {
    id: "sprint",
    name: "Sprint 冲刺",
    order: "asc",
    operator: "best",
    decimals: 2,
    tiebreaks: [
      { name: "misses", order: "asc" },
      { name: "style", order: "desc" },
    ],
    rankStyle: "competition",
    delivery: "polling",
  };
  expect(await boardOf("sprint")).toEqual(board);
  expect(JSON.parse((await onServer("board", "list", "--json")).stdout)).toContainEqual({ ...board, total: 0 });
  expect((await onServer("board", "list")).stdout).toContain("Sprint 冲刺");

  const sites = ["--embed-hosts", "example.org, *.Example.com"];
  const set = await onServer("board", "set", "sprint", "--delivery", "sse", "--rank-style=dense", ...sites);
  expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining("embedded by example.org *.example.com") });
  const changed = { ...board, delivery: "sse", rankStyle: "dense" };
  expect(await seenWithin(async () => JSON.stringify(await boardOf("sprint")) === JSON.stringify(changed))).toBe(true);

  expect((await onServer("board", "delete", "sprint", "--yes")).code).toBe(0);
  expect(await seenWithin(async () => (await boardOf("sprint")) === 404)).toBe(true);
});

test("what a board with scores must keep, and an id that is taken, are refused with a reason and exit code 1", async () => {
  await onServer("board", "create", "taken", "--name", "Taken");
  await post(await newKey(), "taken");
  const again = await onServer("board", "create", "taken", "--name", "Again");
  expect(again).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining('"taken"') });
  const changed = await onServer("board", "set", "taken", "--order", "asc");
  expect(changed).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("order") });
  const nowhere = await onServer("board", "set", "nowhere", "--name", "x");
  expect(nowhere).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining('"nowhere"') });
});

test("what was typed wrong ends with exit code 2 before anything is touched", async () => {
  const dataDir = `${await tempFolder()}/data`;
  const end = await rungs(["board", "create", "ok", "--nmae", "x"], { DATA_DIR: dataDir });
  expect(end).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining('did you mean "--name"?') });
  expect(existsSync(dataDir)).toBe(false);
});

test("commands on a wrong data folder or database say so and make nothing", async () => {
  const dataDir = `${await tempFolder()}/data`;
  const url = await createEmptyDatabase();
  const commands = [
    ["board", "list"],
    ["key", "create", "--name", "x", "--scopes", "scores:write"],
    ["backup", `${dataDir}.backup`],
  ];
  for (const command of commands) {
    const inFolder = await rungs(command, { DATA_DIR: dataDir });
    const refused = `No Rungs installation in ${dataDir} (DATA_DIR): set DATA_DIR`;
    expect(inFolder).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(refused) });
    const inDatabase = await rungs(command, { DATA_DIR: dataDir, DATABASE_URL: url });
    expect(inDatabase).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("No Rungs installation in the database"),
    });
  }
  expect(existsSync(dataDir)).toBe(false);
  expect(existsSync(`${dataDir}.backup`)).toBe(false);
  expect(
    await inSession(
      url,
      async (sql) =>
        (await sql`select from pg_tables where schemaname <> 'information_schema' and schemaname <> 'pg_catalog'`)
          .length,
    ),
  ).toBe(0);
});

test("commands at once with nothing running share the data folder, and a server that keeps ranks to itself follows", async () => {
  const dataDir = `${await tempFolder(0o711)}/data`;
  const here = (...args: string[]) => rungs(args, { DATA_DIR: dataDir });
  await (await startRungs({ dataDir, embedded: true, args: ["--no-redis"] })).stop();
  const [board, key] = await Promise.all([
    here("board", "create", "early", "--name", "Early"),
    here("key", "create", "--name", "early", "--scopes", "scores:write"),
  ]);
  expect([board, key]).toMatchObject([
    { code: 0, stderr: "" },
    { code: 0, stderr: "" },
  ]);
  const later = await startRungs({ dataDir, embedded: true, args: ["--no-redis"] });
  try {
    expect((await post(key.stdout.trim(), "early", later.url)).status).toBe(200);
    expect((await here("board", "set", "early", "--delivery", "sse")).code).toBe(0);
    const streams = async () => ((await boardOf("early", later.url)) as BoardView).delivery === "sse";
    expect(await seenWithin(streams)).toBe(true);
  } finally {
    await later.stop();
  }
});
