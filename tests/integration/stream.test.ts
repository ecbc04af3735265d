/** The stream of one instance, over a real socket: what comes, in which order, and how it is worded. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Board } from "@/lib/domain/board";
import { positionId } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type Streams, streamsOf } from "@/tests/support/sse-client";

let api: ApiServer;
let streams: Streams;

beforeAll(async () => {
  api = await startApi({ hub: { heartbeatMs: 1_000 } });
  streams = streamsOf(api.port);
});

afterAll(async () => {
  streams.close();
  await api.close();
});

const newBoard = (settings: Partial<Board> = {}) => api.newBoard({ delivery: "sse", ...settings });

async function post(board: string, scores: unknown[]): Promise<number> {
  const reply = await api.score(board, { scores });
  expect(reply.status).toBe(200);
  return reply.json().version;
}

const players = (count: number) => Array.from({ length: count }, (_, i) => ({ player: `p${i}`, score: i }));

test("the first block is a snapshot with a retry, which is the cached endpoint's body to the letter", async () => {
  const board = await newBoard({ name: "Ünïcode ↑ board" });
  await post(board, [{ player: "<b>&\u2028", name: "\u{1f3c6} né", score: 1 }]);
  const polled = await api.get(`/api/v1/boards/${board}`);
  const stream = await streams.watch(board);
  await stream.next("snapshot", 1_000);
  expect(stream.status).toBe(200);
  expect(stream.headers).toMatchObject({
    "content-type": "text/event-stream",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  expect(stream.headers["content-encoding"]).toBeUndefined();
  const id = positionId(polled.json());
  expect(stream.bytes().toString()).toMatch(/^retry: [1-5]\d{3}\n/);
  expect(
    stream
      .bytes()
      .toString()
      .replace(/^retry: \d+\n/, ""),
  ).toBe(`id: ${id}\nevent: snapshot\ndata: ${polled.text}\n\n`);
});

test("a posted score reaches a viewer within a second as a delta from where the viewer stands", async () => {
  const board = await newBoard();
  await post(board, players(3));
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  const { version } = stream.view.position;
  await post(board, [{ player: "p0", score: 9 }]);
  const delta = await stream.next("delta", 1_000);
  expect(delta.data).toEqual({
    from: version,
    to: version + 1,
    total: 3,
    changed: [
      { rank: 1, position: 1, player: "p0", name: "p0", score: 9, tiebreaks: [], previousRank: 3 },
      { rank: 2, position: 2, player: "p2", name: "p2", score: 2, tiebreaks: [], previousRank: 1 },
      { rank: 3, position: 3, player: "p1", name: "p1", score: 1, tiebreaks: [], previousRank: 2 },
    ],
    removed: [],
  });
  expect(delta.id).toBe(positionId(stream.view.position));
});

test("every viewer of a board is sent the same bytes", async () => {
  const board = await newBoard();
  const all = await Promise.all(Array.from({ length: 20 }, () => streams.watch(board)));
  let version = 0;
  for (let score = 1; score <= 5; score++) version = await post(board, [{ player: "p", score }]);
  await Promise.all(all.map((stream) => stream.reaches(version)));
  const withoutTimes = all.map((stream) =>
    stream.events.filter(({ event }) => event !== "heartbeat").map(({ event, id, text }) => ({ event, id, text })),
  );
  for (const one of withoutTimes) expect(one).toEqual(withoutTimes[0]);
});

test("a heartbeat names the position of the stream and has no id", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  const beat = await stream.next("heartbeat", 3_000);
  expect(beat.id).toBeNull();
  expect(beat.data).toEqual(stream.view.position);
  const version = await post(board, [{ player: "p", score: 1 }]);
  await stream.reaches(version);
  expect((await stream.next("heartbeat", 3_000)).data).toEqual(stream.view.position);
});

test("a watched player's standing comes in and below the window, and moves when others do", async () => {
  const board = await newBoard();
  await post(board, players(130));
  const stream = await streams.watch(board, { query: { player: "p3" } });
  expect((await stream.next("standing")).data).toEqual({
    entry: { rank: 127, position: 127, player: "p3", name: "p3", score: 3, tiebreaks: [] },
    total: 130,
  });
  await post(board, [{ player: "p0", score: 500 }]);
  const moved = await stream.next("standing", 6_000);
  expect(moved.data.entry).toMatchObject({ rank: 128, position: 128 });
  await post(board, [{ player: "p3", score: 600 }]);
  const won = await stream.next("standing", 6_000);
  expect(won.data.entry).toMatchObject({ rank: 1, position: 1 });
  expect(won.at - moved.at).toBeGreaterThanOrEqual(1_900);
});

test("a change of name or rank style is a snapshot", async () => {
  const board = await newBoard();
  await post(board, [
    { player: "a", score: 2 },
    { player: "b", score: 2 },
    { player: "c", score: 1 },
  ]);
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  const manager = await api.newKey(["boards:manage"]);
  const change = async (settings: Partial<Board>) => {
    const reply = await api.call("PATCH", `/api/v1/boards/${board}`, settings, {
      authorization: manager.authorization,
    });
    expect(reply.status).toBe(200);
  };
  await change({ name: "Renamed" });
  expect((await stream.next("snapshot")).data.board.name).toBe("Renamed");
  const ranks = () => stream.view.snapshot?.entries.map(({ rank }) => rank);
  expect(ranks()).toEqual([1, 1, 3]);
  await change({ rankStyle: "dense" });
  await stream.next(({ event, data }) => event === "snapshot" && data.board.rankStyle === "dense");
  expect(ranks()).toEqual([1, 1, 2]);
  await post(board, [{ player: "d", score: 0 }]);
  await stream.next("delta");
  expect(ranks()).toEqual([1, 1, 2, 3]);
});

test("switching streaming off and on: goodbye, refusal, and a stream that works at once", async () => {
  const board = await newBoard();
  const version = await post(board, players(3));
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  const manager = await api.newKey(["boards:manage"]);
  const deliver = (delivery: string) =>
    api.call("PATCH", `/api/v1/boards/${board}`, { delivery }, { authorization: manager.authorization });
  await deliver("polling");
  const bye = await stream.next("bye", 1_000);
  expect(bye.data).toEqual({ reason: "delivery-off" });
  expect(bye.id).toBe(`${stream.view.position.epoch}-${version}`);
  await stream.ended;
  const refused = await api.get(`/api/v1/boards/${board}/stream`);
  expect([refused.status, refused.json().code]).toEqual([409, "streaming-off"]);
  expect(refused.headers["content-type"]).toBe("application/problem+json");
  await deliver("sse");
  const again = await streams.comeBack(board, stream);
  expect((await again.next("snapshot", 1_000)).data.board.delivery).toBe("sse");
  await post(board, [{ player: "p0", score: 77 }]);
  await again.next("delta", 1_000);
});

test("a deleted board says goodbye and is then not found", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board);
  await stream.next("snapshot");
  const manager = await api.newKey(["boards:manage"]);
  const gone = await api.call("DELETE", `/api/v1/boards/${board}`, undefined, manager);
  expect(gone.status).toBe(204);
  await stream.next("bye", 2_000);
  await stream.ended;
  expect((await api.get(`/api/v1/boards/${board}/stream`)).status).toBe(404);
});

test("HEAD tells the headers of a stream and holds nothing open", async () => {
  const board = await newBoard();
  const reply = await api.call("HEAD", `/api/v1/boards/${board}/stream`);
  expect([reply.status, reply.headers["content-type"], reply.text]).toEqual([200, "text/event-stream", ""]);
  expect(api.services.hub.viewersOf(board)).toBe(0);
});

test("a viewer who goes away is forgotten", async () => {
  const board = await newBoard();
  const stream = await streams.watch(board, { query: { player: "p1" } });
  await stream.next("snapshot");
  expect(api.services.hub.viewersOf(board)).toBe(1);
  stream.close();
  await expect.poll(() => api.services.hub.viewersOf(board), { timeout: 2_000 }).toBe(0);
});
