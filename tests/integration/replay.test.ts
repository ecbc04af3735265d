import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Snapshot } from "@/lib/domain/snapshot";
import { findRunning } from "@/lib/embedded/data-folder";
import { poll } from "@/lib/embedded/deadline";
import { freePort } from "@/lib/embedded/free-port";
import { inSession } from "@/lib/embedded/postgres-session";
import { rungs, startCommand } from "@/tests/support/command";
import { contestDir, contestScores, expectedPlacings, placings, readBoard } from "@/tests/support/contest";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { openStream } from "@/tests/support/sse-client";
import { tempFolder } from "@/tests/support/temp-folder";

let server: RungsServer;
let key: string;

beforeAll(async () => {
  server = await startRungs();
  key = await makeKey(server.dataDir);
});

afterAll(async () => {
  await server.stop();
});

/** Five hours in six seconds, so that there is a middle to be interrupted in. */
const quick = ["--speed", "3000"];
const replayMs = 120_000;

async function makeKey(dataDir: string): Promise<string> {
  const args = ["key", "create", "--name", "contest", "--scopes", "scores:write,boards:manage"];
  return (await rungs(args, { DATA_DIR: dataDir })).stdout.trim();
}

function replayArgs(board: string, ...more: string[]): string[] {
  return ["replay", contestDir, "--board", board, "--url", server.url, "--key", key, ...more];
}

/** Every score of the board that was ever accepted. */
async function storedScores(databaseUrl: string, board: string): Promise<number> {
  return inSession(databaseUrl, async (sql) => {
    const [row] = await sql<{ scores: number }[]>`
      select count(*)::int as scores from score_events e join boards b on b.uid = e.board_uid where b.id = ${board}`;
    return row?.scores ?? 0;
  });
}

/** The cached endpoint may be a second behind the last score. */
async function expectFinalStandings(url: string, board: string): Promise<void> {
  const expected = expectedPlacings();
  const isFinal = async () => JSON.stringify(placings(await readBoard(url, board))) === JSON.stringify(expected);
  await poll(async () => (await isFinal()) || undefined, 10_000, 100);
  expect(placings(await readBoard(url, board))).toEqual(expected);
}

test(
  "by polling only, a replay ends in exactly the expected ranks, and a second one changes nothing",
  async () => {
    const env = { DATA_DIR: await tempFolder() };
    const first = await rungs(replayArgs("polled", "--speed", "max"), env);
    expect(first).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("9,115 scores posted") });
    await expectFinalStandings(server.url, "polled");

    const second = await rungs(replayArgs("polled", "--speed", "max"), env);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("already") });
    expect(await storedScores(server.databaseUrl ?? "", "polled")).toBe(contestScores);
    const third = await rungs(replayArgs("polled", "--speed", "max", "--restart"), env);
    expect(third.code).toBe(0);
    await expectFinalStandings(server.url, "polled");
  },
  replayMs,
);

test(
  "a viewer who only applies deltas ends with the top hundred of the expected ranks",
  async () => {
    const rules = ["--operator", "set", "--tiebreak", "penalty:asc", "--tiebreak", "lastAcceptedAt:asc"];
    await rungs(["board", "create", "streamed", "--name", "Streamed", ...rules, "--delivery", "sse"], {
      DATA_DIR: server.dataDir,
    });
    const viewer = await openStream({ port: Number(new URL(server.url).port), board: "streamed" });
    onTestFinished(() => viewer.close());
    await viewer.next("snapshot");
    expect((await rungs(replayArgs("streamed", ...quick), { DATA_DIR: await tempFolder() })).code).toBe(0);
    await expectFinalStandings(server.url, "streamed");

    const polled = (await (await fetch(`${server.url}/api/v1/boards/streamed?limit=100`)).json()) as Snapshot;
    const streamed = await viewer.reaches(polled.version, 15_000);
    expect(streamed.entries).toEqual(polled.entries);
    expect(placings(streamed.entries)).toEqual(expectedPlacings().slice(0, 100));
    expect(viewer.view.seen.snapshot).toBe(1);
    expect(viewer.view.seen.delta).toBeGreaterThan(10);
  },
  replayMs,
);

test(
  "a replay that is killed again and again goes on where it was, and nothing is counted twice",
  async () => {
    const env = { DATA_DIR: await tempFolder() };
    const databaseUrl = server.databaseUrl ?? "";
    for (const scores of [1500, 4000, 7000]) {
      const replay = startCommand(replayArgs("killed", ...quick), env);
      await poll(async () => ((await storedScores(databaseUrl, "killed")) >= scores ? true : undefined), 30_000, 10);
      replay.kill("SIGKILL");
      expect((await replay.ended).code).toBe("SIGKILL");
    }
    expect(await storedScores(databaseUrl, "killed")).toBeLessThan(contestScores);
    const last = await rungs(replayArgs("killed", ...quick), env);
    expect(last).toMatchObject({ code: 0, stdout: expect.stringContaining("Going on from") });
    await expectFinalStandings(server.url, "killed");
    expect(await storedScores(databaseUrl, "killed")).toBe(contestScores);
  },
  replayMs,
);

test(
  "Ctrl-C stops a replay in order, and the same command goes on",
  async () => {
    const env = { DATA_DIR: await tempFolder() };
    const databaseUrl = server.databaseUrl ?? "";
    const replay = startCommand(replayArgs("stopped", ...quick), env);
    await poll(async () => ((await storedScores(databaseUrl, "stopped")) >= 1000 ? true : undefined), 30_000, 10);
    replay.kill("SIGINT");
    expect(await replay.ended).toMatchObject({ code: 130, stdout: expect.stringContaining("goes on from here") });
    expect((await rungs(replayArgs("stopped", "--speed", "max"), env)).code).toBe(0);
    await expectFinalStandings(server.url, "stopped");
    expect(await storedScores(databaseUrl, "stopped")).toBe(contestScores);
  },
  replayMs,
);

test(
  "a server killed with kill -9 in the middle loses nothing and counts nothing twice",
  async () => {
    const dataDir = `${await tempFolder(0o711)}/data`;
    const port = String(await freePort());
    const start = () => startRungs({ dataDir, embedded: true, env: { PORT: port } });
    let fragile = await start();
    try {
      const args = ["replay", contestDir, "--board", "icpc", "--url", fragile.url, "--key", await makeKey(dataDir)];
      const replay = startCommand([...args, ...quick], { DATA_DIR: dataDir });
      const total = async () => {
        const response = await fetch(`${fragile.url}/api/v1/boards/icpc?limit=1`).catch(() => null);
        return response?.ok ? ((await response.json()) as { total: number }).total : 0;
      };
      await poll(async () => ((await total()) > 1000 ? true : undefined), 30_000, 20);
      fragile.kill("SIGKILL");
      await fragile.ended;
      fragile = await start();
      const before = await total();
      expect(before).toBeGreaterThan(1000);
      expect(before).toBeLessThan(2353);
      expect(await replay.ended).toMatchObject({ code: 0, stdout: expect.stringContaining("Done") });
      await expectFinalStandings(fragile.url, "icpc");
      const { databaseUrl = "" } = (await findRunning(dataDir)) ?? {};
      expect(await storedScores(databaseUrl, "icpc")).toBe(contestScores);
    } finally {
      await fragile.stop();
    }
  },
  replayMs,
);

test(
  "a replay onto a board that was deleted meanwhile begins again, so that no team is missing",
  async () => {
    const env = { DATA_DIR: await tempFolder() };
    await rungs(replayArgs("gone", "--speed", "max"), env);
    await rungs(["board", "delete", "gone", "--yes"], { DATA_DIR: server.dataDir });
    await poll(
      async () => ((await fetch(`${server.url}/api/v1/boards/gone`)).status === 404 ? true : undefined),
      15_000,
    );
    const again = await rungs(replayArgs("gone", "--speed", "max"), env);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("beginning again") });
    await expectFinalStandings(server.url, "gone");
  },
  replayMs,
);

test(
  "a wrong key, a board of other rules, a missing board and a missing server are told in one line",
  async () => {
    const env = { DATA_DIR: await tempFolder() };
    const manage = { DATA_DIR: server.dataDir };
    await rungs(["board", "create", "plain", "--name", "Plain"], manage);
    const scores = ["key", "create", "--name", "scores only", "--scopes", "scores:write"];
    const scoresOnly = (await rungs(scores, manage)).stdout.trim();
    const replay = (...options: string[]) => rungs(["replay", contestDir, "--speed", "max", ...options], env);

    const cases = [
      [await replay("--board", "polled", "--url", server.url, "--key", "wrong"), "401"],
      [await replay("--board", "plain", "--url", server.url, "--key", key), "operator is best, not set"],
      [await replay("--board", "none", "--url", server.url, "--key", scoresOnly), "boards:manage"],
      [await replay("--board", "icpc", "--url", `http://localhost:${await freePort()}`, "--key", key), "ECONNREFUSED"],
      [await rungs(["replay", "docs", "--board", "icpc", "--key", key], env), "not a contest folder"],
    ] as const;
    for (const [end, reason] of cases) {
      expect(end.code).toBe(1);
      expect(end.stderr).toContain(reason);
      expect(end.stderr.trimEnd().split("\n")).toHaveLength(1);
    }
  },
  replayMs,
);
