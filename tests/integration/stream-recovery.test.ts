/** Coming back to a stream, to the same instance or another; and two instances that share a database and a Redis. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { positionId } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type SseClient, type Streams, streamsOf } from "@/tests/support/sse-client";

/** Scores are posted on `a`; `b` only hears of them. */
let a: ApiServer;
let b: ApiServer;
let onA: Streams;
let onB: Streams;

beforeAll(async () => {
  b = await startApi();
  // Routes take their services from the process, so the one started last is the one that writes.
  a = await startApi({ databaseUrl: b.databaseUrl });
  [onA, onB] = [streamsOf(a.port), streamsOf(b.port)];
});

afterAll(async () => {
  onA.close();
  onB.close();
  await a.close();
  await b.close();
});

const newBoard = () => a.newBoard({ delivery: "sse" });

const post = async (board: string, player: string, score: number): Promise<number> =>
  (await a.score(board, { player, score })).json().version;

/** One delta for each of the scores. */
async function postOneByOne(board: string, stream: SseClient, scores: readonly number[]): Promise<void> {
  for (const score of scores) await stream.reaches(await post(board, `p${score}`, score));
}

/** What tells of the board; a heartbeat may come at any time. */
const changes = (stream: SseClient) => stream.events.filter(({ event }) => event !== "heartbeat");
const names = (stream: SseClient) => changes(stream).map(({ event }) => event);

test("a viewer who comes back gets exactly what it missed", async () => {
  const board = await newBoard();
  const [staying, leaving] = [await onA.watch(board), await onA.watch(board)];
  await postOneByOne(board, staying, [1, 2]);
  await leaving.reaches(staying.view.position.version);
  leaving.close();
  await postOneByOne(board, staying, [3, 4, 5]);
  const back = await onA.comeBack(board, leaving);
  await back.reaches(staying.view.position.version);
  expect(names(back)).toEqual(["delta", "delta", "delta"]);
  expect(changes(back).map(({ id, text }) => [id, text])).toEqual(
    changes(staying)
      .slice(-3)
      .map(({ id, text }) => [id, text]),
  );
  expect(back.view.snapshot?.entries).toEqual(staying.view.snapshot?.entries);
});

test("what nobody watched is made good by one delta", async () => {
  const board = await newBoard();
  const stream = await onA.watch(board);
  await postOneByOne(board, stream, [1]);
  stream.close();
  await expect.poll(() => a.services.hub.viewersOf(board)).toBe(0);
  const from = stream.view.position.version;
  let version = 0;
  for (const score of [2, 3, 4]) version = await post(board, `p${score}`, score);
  const back = await onA.comeBack(board, stream);
  await back.reaches(version);
  expect(names(back)).toEqual(["delta"]);
  expect(changes(back)[0]?.data).toMatchObject({ from, to: version });
});

test("a viewer who missed nothing gets no more than a sign of life", async () => {
  const board = await newBoard();
  const stream = await onA.watch(board);
  await postOneByOne(board, stream, [1]);
  const back = await onA.comeBack(board, stream);
  await back.next("heartbeat", 1_000);
  expect(changes(back)).toEqual([]);
});

const positions: Record<string, (epoch: string, version: number) => string> = {
  "of another epoch": (_, version) => `0123456789ab-${version}`,
  "before the window": (epoch) => `${epoch}-0`,
  "not reached yet": (epoch, version) => `${epoch}-${version + 5}`,
  "without a version": (epoch) => epoch,
  "that is no position": () => "%00 \u00ff ../../etc",
  "that is too long": (epoch) => `${epoch}-${"9".repeat(300)}`,
};

test.each(Object.entries(positions))("a position %s gets a snapshot", async (_, position) => {
  const board = await newBoard();
  const stream = await onA.watch(board);
  await postOneByOne(board, stream, [1, 2]);
  const { epoch, version } = stream.view.position;
  const back = await onA.watch(board, { headers: { "last-event-id": position(epoch, version) } });
  await back.next("snapshot", 1_000);
  expect(names(back)).toEqual(["snapshot"]);
  expect(back.view.position).toEqual({ epoch, version });
});

test("a first connection resumes by ?since=, which Last-Event-ID overrules once there is one", async () => {
  const board = await newBoard();
  const stream = await onA.watch(board);
  await postOneByOne(board, stream, [1]);
  const first = { id: stream.lastEventId(), snapshot: stream.view.snapshot };
  await postOneByOne(board, stream, [2, 3]);
  const since = { query: { since: first.id }, resumed: first.snapshot };
  const bySince = await onA.watch(board, since);
  await bySince.reaches(stream.view.position.version);
  expect(names(bySince)).toEqual(["delta", "delta"]);
  // What a reconnecting EventSource sends: the old address, and the header.
  const byHeader = await onA.comeBack(board, stream, { query: { since: first.id } });
  await byHeader.next("heartbeat", 1_000);
  const byEmptyHeader = await onA.watch(board, { ...since, headers: { "last-event-id": "" } });
  await byEmptyHeader.next("delta");
  const byBadHeader = await onA.watch(board, { ...since, headers: { "last-event-id": "garbage" } });
  await byBadHeader.next("snapshot");
});

test("a score posted on one instance is seen on the other within a second, by stream and by poll", async () => {
  const board = await newBoard();
  const stream = await onB.watch(board);
  await stream.next("snapshot");
  for (let score = 1; score <= 5; score++) {
    const version = await post(board, "p", score);
    await stream.reaches(version, 1_000);
    const polled = (await b.get(`/api/v1/boards/${board}`)).json();
    expect([polled.version, polled.entries[0].score]).toEqual([version, score]);
  }
  expect(stream.view.seen).toMatchObject({ snapshot: 1, delta: 5 });
});

test("settings changed on one instance reach the other within a second", async () => {
  const board = await newBoard();
  const stream = await onB.watch(board);
  await stream.next("snapshot");
  const { authorization } = await a.newKey(["boards:manage"]);
  const change = (settings: object) => a.call("PATCH", `/api/v1/boards/${board}`, settings, { authorization });
  await change({ name: "Renamed" });
  expect((await stream.next("snapshot", 1_000)).data.board.name).toBe("Renamed");
  await change({ delivery: "polling" });
  await stream.next("bye", 1_000);
  await expect.poll(async () => (await b.get(`/api/v1/boards/${board}/stream`)).status).toBe(409);
  await change({ delivery: "sse" });
  const delivery = async () => (await b.get(`/api/v1/boards/${board}`)).json().board.delivery;
  await expect.poll(delivery, { timeout: 1_000, interval: 20 }).toBe("sse");
  const again = await onB.watch(board);
  expect((await again.next("snapshot", 1_000)).data.board.delivery).toBe("sse");
});

test("a viewer moves to another instance without losing or repeating anything", async () => {
  const board = await newBoard();
  const [here, there] = [await onA.watch(board), await onB.watch(board)];
  await postOneByOne(board, here, [1, 2]);
  await there.reaches(here.view.position.version);
  here.close();
  const moved = await onB.comeBack(board, here);
  await moved.next("heartbeat", 1_000);
  await postOneByOne(board, there, [3]);
  await moved.reaches(there.view.position.version);
  moved.close();
  await postOneByOne(board, there, [4, 5]);
  const movedBack = await onA.comeBack(board, moved);
  await movedBack.reaches(there.view.position.version);
  expect(movedBack.view.snapshot?.entries).toEqual(there.view.snapshot?.entries);
  expect(positionId(movedBack.view.position)).toBe(positionId(there.view.position));
});

test("viewers who come and go while scores pour in on both instances all end at the same board", async () => {
  const board = await newBoard();
  let version = 0;
  let writing = true;
  const write = async () => {
    for (let i = 0; i < 150; i++) version = Math.max(version, await post(board, `p${(i * 7) % 130}`, i));
    writing = false;
  };
  /** Comes back with what it has, again and again, now here, now there. */
  const wander = async (seed: number) => {
    let stream = await (seed % 2 ? onA : onB).watch(board, { query: { player: `p${seed}` } });
    for (let turn = seed; writing; turn++) {
      await stream.next(() => true);
      stream.close();
      stream = await (turn % 3 ? onA : onB).comeBack(board, stream);
    }
    return stream;
  };
  const [, ...ends] = await Promise.all([write(), ...Array.from({ length: 8 }, (_, seed) => wander(seed))]);
  const { entries } = (await a.get(`/api/v1/boards/${board}`)).json();
  for (const stream of ends) expect((await stream.reaches(version, 10_000)).entries).toEqual(entries);
});

test("a message that got lost is made good within the time of a comparison", async () => {
  // It has no feed, as if every message was lost.
  const deaf = await startApi({ databaseUrl: a.databaseUrl, background: false, hub: { compareMs: 1_000 } });
  const onDeaf = streamsOf(deaf.port);
  try {
    const board = await newBoard();
    const stream = await onDeaf.watch(board);
    await stream.next("snapshot");
    const { liveBoards, writer } = a.services;
    const items = [{ player: "p", name: undefined, values: [7] }];
    await writer.write((await liveBoards.get(board)).board, { items, idempotency: null });
    expect((await stream.next("delta", 3_000)).data.changed[0]).toMatchObject({ player: "p", score: 7 });
  } finally {
    onDeaf.close();
    await deaf.close();
  }
});
