/** Boards with more of a past than is looked back over; here that is very little. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Board } from "@/lib/domain/board";
import type { PastBoard, PlayerEvents, PlayerHistory, Race, Timeline } from "@/lib/domain/history";
import type { Snapshot } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;

beforeAll(async () => {
  const env = { TRUSTED_PROXIES: "loopback" };
  api = await startApi({ background: false, tapes: { eventsMax: 20, eventsReadMax: 100, playersMax: 5 }, env });
});

afterAll(() => api.close());

const at = (board: string, rest: string) => `/api/v1/boards/${board}${rest}`;
const looks = ["/at", "/at?seq=1", "/timeline", "/race", "/players/p0/events", "/players/p0/history"];

async function read<T>(board: string, rest: string): Promise<T> {
  const reply = await api.get(at(board, rest));
  expect([rest, reply.status]).toEqual([rest, 200]);
  return reply.json();
}

async function codes(board: string): Promise<unknown[]> {
  const replies = await Promise.all(looks.map((look) => api.get(at(board, look))));
  return replies.map((reply) => [reply.status, reply.status < 400 ? null : problemOf(reply).code]);
}

const refused = looks.map(() => [409, "history-too-long"]);

test("of a long board the last events can be looked back over, and all say that it is not the whole", async () => {
  const board = await api.newBoard({ operator: "incr" });
  const shown = new Map<number, Snapshot>();
  for (let seq = 1; seq <= 58; seq++) {
    await api.score(board, { player: `p${seq % 3}`, score: seq });
    shown.set(seq, await read(board, "?limit=10"));
    if (seq === 30) expect(await read<PastBoard>(board, "/at?seq=25")).toMatchObject({ seq: 25 });
  }
  const timeline = await read<Timeline>(board, "/timeline");
  const first = timeline.marks[0]?.[1] ?? 0;
  expect(timeline).toMatchObject({ complete: false, events: 58, seq: 58 });
  expect(timeline.from).toBe(new Date(timeline.marks[0]?.[0] ?? 0).toISOString());
  expect(timeline.marks.map(([, seq]) => seq)).toEqual(Array.from({ length: 59 - first }, (_, i) => first + i));
  expect(first).toBeGreaterThan(38);
  for (const [, seq] of timeline.marks) {
    const { entries, total } = shown.get(seq) as Snapshot;
    expect(await read<PastBoard>(board, `/at?seq=${seq}`)).toMatchObject({ seq, total, entries });
  }
  for (const query of [`seq=${first - 1}`, "seq=0", "time=2020-01-01T00:00:00Z"]) {
    const reply = await api.get(at(board, `/at?${query}`));
    expect([query, reply.status, problemOf(reply).code]).toEqual([query, 409, "history-too-long"]);
  }

  const own = [...shown.keys()].filter((seq) => seq % 3 === 1 && seq >= first).toReversed();
  const events = await read<PlayerEvents>(board, "/players/p1/events?limit=200");
  expect(events).toMatchObject({ next: null, complete: false });
  expect(events.events.map(({ seq }) => seq)).toEqual(own);
  for (const { seq, after } of events.events) {
    expect(after.score).toBe(shown.get(seq)?.entries.find(({ player }) => player === "p1")?.score);
  }

  const score = (seq: number, player: string) =>
    shown.get(seq)?.entries.find((entry) => entry.player === player)?.score;
  const history = await read<PlayerHistory>(board, "/players/p1/history");
  // What it was when the tape begins, then each change.
  expect(history.points.map(([, value]) => value)).toEqual(
    [first - 1, ...own.toReversed()].map((seq) => score(seq, "p1")),
  );
  expect(history).toMatchObject({ complete: false });
  expect(history.points[0]?.[0]).toBe(timeline.marks[0]?.[0]);
  expect(history.ranks?.at(-1)?.[1]).toBe(shown.get(58)?.entries.find(({ player }) => player === "p1")?.rank);
  const race = await read<Race>(board, "/race");
  expect(race.complete).toBe(false);
  expect(race.players.map(({ points }) => points.at(-1)?.[1])).toEqual(shown.get(58)?.entries.map((one) => one.score));
});

test("a board with more events than are read has no past", async () => {
  const board = await api.newBoard();
  await api.score(board, { scores: Array.from({ length: 101 }, (_, i) => ({ player: "p0", score: i })) });
  expect(await codes(board)).toEqual(refused);
});

test("what is held of a board is counted anew as the board grows", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "p0", score: 1 });
  await read<PastBoard>(board, "/at");
  const before = api.services.tapes.bytes;
  await api.score(board, { scores: ["p1", "p2", "p3"].map((player) => ({ player, score: 1 })) });
  await read<PastBoard>(board, "/at");
  expect(api.services.tapes.bytes).toBeGreaterThan(before);
});

test("a board with too many players has none either, also one that grows while it is looked at", async () => {
  const board = await api.newBoard();
  await api.score(board, { scores: ["p0", "p1", "p2", "p3", "p4"].map((player) => ({ player, score: 1 })) });
  expect(await codes(board)).toEqual(looks.map(() => [200, null]));
  await api.score(board, { player: "p5", score: 1 });
  await expect.poll(() => codes(board), { timeout: 2_000 }).toEqual(refused);
});

test("while it takes long to read the events, those who ask are told to come back, and then are answered", async () => {
  const boards: string[] = [];
  for (let i = 0; i < 17; i++) boards.push(await api.newBoard());
  const [board = "", ...others] = boards;
  for (const one of boards) await api.score(one, { player: "p0", score: 1 });
  const from = (client: string) => ({ "x-forwarded-for": client });
  const ask = (one: string, client = "192.0.2.1") => api.get(at(one, "/players/p0/events"), from(client));
  const { sql } = api.services.database;
  await sql.begin(async (tx) => {
    await tx`lock table score_events in access exclusive mode`;
    const asked = [...others, ...Array(20).fill(board)];
    const replies = await Promise.all(asked.map((one, i) => ask(one, `192.0.2.${10 + i}`)));
    for (const reply of replies) {
      expect([reply.status, reply.headers["retry-after"], problemOf(reply).code]).toEqual([503, "1", "unavailable"]);
    }
    // Who asks for much waits behind a dozen of their own questions, and nobody else does.
    const crowd = Promise.all(Array.from({ length: 30 }, () => ask(others[0] ?? "")));
    await vi.waitFor(() => expect(api.services.reads.waiting).toBe(18));
    expect((await api.get(at(board, "/players/p0"), from("192.0.2.2"))).status).toBe(200);
    expect(api.services.reads.waiting).toBe(18);
    for (const { status } of await crowd) expect([429, 503]).toContain(status);
  });
  for (const one of boards) await expect.poll(async () => (await ask(one)).status, { timeout: 5_000 }).toBe(200);
});

test("who asks for the histories of many boards at once is refused, and others wait for one of them at most", async () => {
  const boards: Board[] = [];
  for (let i = 0; i < 19; i++) {
    const id = await api.newBoard();
    await api.score(id, { player: "p0", score: 1 });
    boards.push((await api.services.liveBoards.get(id)).board);
  }
  const statuses: number[] = [];
  const ask = async (board: string, client: string) => {
    const reply = await api.get(at(board, "/players/p0/history"), { "x-forwarded-for": client });
    statuses.push(reply.status);
    return reply;
  };
  const { database, tapes } = api.services;
  const held = () => boards.filter(({ uid }) => tapes.holds(uid)).length;
  const [crowd, other] = await database.sql.begin(async (tx) => {
    await tx`lock table score_events in access exclusive mode`;
    const many = boards.map(({ id }) => ask(id, "192.0.2.3"));
    await vi.waitFor(() => expect(statuses).toEqual(Array(10).fill(429)));
    // The board that waits the longest for its turn there.
    const one = ask(boards[8]?.id ?? "", "192.0.2.4").then(({ status }) => ({ status, held: held() }));
    await vi.waitFor(() => expect(api.services.reads.running).toBe(10));
    return [many, one];
  });
  const { status, held: heldBefore } = await other;
  expect([status, heldBefore < 4]).toEqual([200, true]);
  const ends = (await Promise.all(crowd)).map((reply) => reply.status);
  expect([ends.filter((one) => one === 200).length, ends.filter((one) => one === 429).length]).toEqual([9, 10]);
});
