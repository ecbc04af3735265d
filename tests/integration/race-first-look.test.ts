import { afterEach, expect, test } from "vitest";
import { firstPast } from "@/app/_server/first-past";
import type { TapesOptions } from "@/lib/history/tapes";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { spreadOut } from "@/tests/support/posted";

let api: ApiServer;

afterEach(() => api.close());

const start = new Date("2024-05-01T12:00:00Z");
const second = (n: number) => new Date(start.getTime() + n * 1_000).toISOString();

/** A board with so many events, a second apart. */
async function boardWith(events: number, tapes: TapesOptions = {}): Promise<string> {
  api = await startApi({ background: false, tapes });
  const board = await api.newBoard();
  for (let i = 1; i <= events; i++) await api.score(board, { player: `p${i}`, score: i });
  await spreadOut(api, board, start);
  return board;
}

test("the race's page begins with lines, marks, and the board at the moment of its address", async () => {
  const board = await boardWith(5);
  const now = await firstPast(board, {});
  expect(now).toMatchObject({
    race: { kind: "found", data: { players: { length: 5 } } },
    timeline: { kind: "found", data: { marks: { length: 5 } } },
    moment: null,
    board: null,
    misread: false,
  });
  expect(await firstPast(board, { seq: "3" })).toMatchObject({ moment: { seq: 3 }, board: { seq: 3, total: 3 } });
  const between = await firstPast(board, { at: second(2.5) });
  expect(between).toMatchObject({ moment: { time: Date.parse(second(2.5)) }, board: { seq: 2, total: 2 } });
  expect(await firstPast(board, { seq: "0" })).toMatchObject({ moment: { seq: 0 }, board: { total: 0, entries: [] } });
});

test("what has not been yet is now, and what is no moment is said to be none", async () => {
  const board = await boardWith(3);
  for (const later of [{ seq: "4" }, { at: second(3) }, { at: "9999-12-31T23:59:59Z" }]) {
    expect(await firstPast(board, later)).toMatchObject({ moment: null, board: null, misread: false });
  }
  for (const none of [{ seq: "-1" }, { seq: "x" }, { at: "noon" }, { at: ["a", "b"] }, { at: second(1), seq: "1" }]) {
    expect(await firstPast(board, none)).toMatchObject({ moment: null, board: null, misread: true });
  }
});

test("a past that is too long is told as such, and so is a moment before what is held of it", async () => {
  const tooLong = await boardWith(4, { eventsReadMax: 3 });
  expect(await firstPast(tooLong, { seq: "2" })).toMatchObject({
    race: { kind: "too-long" },
    timeline: { kind: "too-long" },
    moment: null,
  });
  await api.close();
  const cut = await boardWith(12, { eventsMax: 8 });
  const first = await firstPast(cut, { seq: "1" });
  expect(first).toMatchObject({ timeline: { data: { complete: false } }, moment: { seq: 1 }, board: null });
});
