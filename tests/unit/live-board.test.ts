import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LiveBoard } from "@/app/_hooks/live-board";
import { PollSchedule } from "@/app/_hooks/poll-schedule";
import { openStreamOf } from "@/app/_hooks/streamed-board";
import type { Entry, Snapshot } from "@/lib/domain/snapshot";
import { FakeEventSource } from "@/tests/support/fake-event-source";
import { refusalResponse } from "@/tests/support/problem";

const ada: Entry = { rank: 1, position: 1, player: "ada", name: "Ada", score: 3, tiebreaks: [] };
const bob: Entry = { rank: 2, position: 2, player: "bob", name: "Bob", score: 2, tiebreaks: [] };

function snapshot(version: number, delivery: "polling" | "sse", entries = [ada, bob]): Snapshot {
  const rules = { order: "desc", operator: "best", decimals: 0, rankStyle: "competition" } as const;
  const board: Snapshot["board"] = { id: "cup", name: "Cup", ...rules, tiebreaks: [], delivery };
  return { board, epoch: "one", version, asOf: "2026-11-24T00:00:00Z", total: entries.length, entries };
}

const page = Object.assign(new EventTarget(), { hidden: false });
const asked: { url: string; ifNoneMatch: string | null }[] = [];
let answer: () => Response;
let stop = () => {};

const ok = (body: Snapshot, etag: string) => () =>
  Response.json(body, { headers: { etag, "poll-interval": "5", "content-type": "application/json" } });
const unchanged = () => new Response(null, { status: 304, headers: { "poll-interval": "5" } });

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.made.length = 0;
  asked.length = 0;
  page.hidden = false;
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, ifNoneMatch: new Headers(init.headers).get("if-none-match") });
    return answer();
  });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function start(first: Snapshot, options: { offset?: number; player?: string } = {}) {
  const { offset = 0, player = null } = options;
  const etag = `W/"one-${first.version}~1.100.${offset}"`;
  const openStream = openStreamOf;
  const live = new LiveBoard({ boardId: "cup", limit: 100, offset, player, snapshot: first, etag, openStream });
  const polls: Promise<unknown>[] = [];
  stop = live.start(() => polls.push(live.poll()));
  return { live, settled: () => Promise.all(polls), status: () => live.getView().status };
}

it("opens no stream while the board is delivered by polling, and one by itself when a poll says so", async () => {
  const { live, status } = start(snapshot(5, "polling"));
  expect(FakeEventSource.made).toHaveLength(0);
  answer = ok(snapshot(6, "sse"), 'W/"one-6~2.100.0"');
  await live.poll();
  expect(FakeEventSource.last.url).toBe("/api/v1/boards/cup/stream?since=one-6");
  expect(status()).toBe("polling");
  FakeEventSource.last.open({ epoch: "one", version: 6 });
  expect(status()).toBe("live");
});

it("falls back to polling by itself when the organizer switches streaming off", async () => {
  const { live, status, settled } = start(snapshot(5, "sse"));
  FakeEventSource.last.open({ epoch: "one", version: 5 });
  answer = ok(snapshot(6, "polling"), 'W/"one-6~2.100.0"');
  FakeEventSource.last.send("bye", { reason: "delivery-off" });
  await settled();
  expect(asked).toHaveLength(1);
  expect(status()).toBe("polling");
  expect(live.getView().snapshot.board.delivery).toBe("polling");
  vi.advanceTimersByTime(5_000);
  expect(FakeEventSource.made).toHaveLength(1);
});

it("tells the server by its If-None-Match what the stream has brought", async () => {
  const { live } = start(snapshot(5, "sse"));
  FakeEventSource.last.open({ epoch: "one", version: 5 });
  const changed = [{ ...bob, score: 9, rank: 1, position: 1, previousRank: 2 }];
  FakeEventSource.last.send("delta", { from: 5, to: 8, total: 2, changed, removed: [] }, "one-8");
  answer = unchanged;
  await live.poll();
  expect(asked[0]).toEqual({ url: "/api/v1/boards/cup?limit=100&offset=0", ifNoneMatch: 'W/"one-8~1.100.0"' });
  expect(live.getView().snapshot.version).toBe(8);
});

it("polls at once when a delta does not continue or a heartbeat is ahead", async () => {
  const { live, settled } = start(snapshot(5, "sse"));
  FakeEventSource.last.open({ epoch: "one", version: 5 });
  answer = ok(snapshot(9, "sse"), 'W/"one-9~1.100.0"');
  FakeEventSource.last.send("delta", { from: 7, to: 8, total: 2, changed: [], removed: [] }, "one-8");
  await settled();
  expect(live.getView().snapshot.version).toBe(9);
  FakeEventSource.last.send("heartbeat", { epoch: "one", version: 9 });
  expect(asked).toHaveLength(1);
  FakeEventSource.last.send("heartbeat", { epoch: "one", version: 10 });
  expect(asked).toHaveLength(2);
  await settled();
});

it("opens the stream anew when it keeps skipping", async () => {
  const { settled } = start(snapshot(5, "sse"));
  FakeEventSource.last.open({ epoch: "one", version: 5 });
  answer = unchanged;
  FakeEventSource.last.send("delta", { from: 7, to: 8, total: 2, changed: [], removed: [] }, "one-8");
  FakeEventSource.last.send("delta", { from: 8, to: 9, total: 2, changed: [], removed: [] }, "one-9");
  await settled();
  expect(FakeEventSource.made.map(({ readyState }) => readyState)).toEqual([2, 0]);
});

it("says reconnecting, then stale, then polling while a server goes away and comes back", async () => {
  const { live, status } = start(snapshot(5, "polling"));
  answer = () => {
    throw new TypeError("fetch failed");
  };
  await live.poll();
  expect(status()).toBe("reconnecting");
  vi.advanceTimersByTime(16_000);
  expect(status()).toBe("stale");
  answer = unchanged;
  await live.poll();
  expect(status()).toBe("polling");
});

it("believes the browser that it is offline only until something arrives all the same", async () => {
  const { live, status } = start(snapshot(5, "polling"));
  vi.stubGlobal("navigator", { onLine: false });
  window.dispatchEvent(new Event("offline"));
  expect(status()).toBe("reconnecting");
  expect(live.getView().offline).toBe(true);
  vi.advanceTimersByTime(1_000);
  answer = unchanged;
  await live.poll();
  expect(status()).toBe("polling");
  expect(live.getView().offline).toBe(false);
  answer = () => {
    throw new TypeError("fetch failed");
  };
  await live.poll();
  expect(live.getView().offline).toBe(true);
});

it("waits about the asked interval between polls, 30 seconds while streaming, and backs off after failures", async () => {
  const { live } = start(snapshot(5, "sse"));
  answer = () => refusalResponse("too-many-requests", { retryAfter: 12 });
  expect(live.nextPollMs()).toBeGreaterThanOrEqual(4_500);
  expect(live.nextPollMs()).toBeLessThanOrEqual(5_500);
  expect(live.nextBackstopMs()).toBeGreaterThanOrEqual(27_000);
  await live.poll();
  expect(live.nextPollMs()).toBe(12_000);
});

it("comes back within 5.5 seconds to a server that is away, whatever anybody asks it to wait", async () => {
  const { live } = start(snapshot(5, "polling"));
  const away = [
    () => refusalResponse("unavailable", { retryAfter: 60 }),
    ...[404, 429, 503].map((status) => () => new Response("later", { status, headers: { "retry-after": "300" } })),
    () => Response.json({ title: "Too many" }, { status: 429, headers: { ...foreign, "retry-after": "300" } }),
  ];
  for (const reply of away) {
    answer = reply;
    await live.poll();
    expect(live.nextPollMs()).toBeLessThanOrEqual(5_500);
  }
});

it("holds no stream in a tab that has been hidden for a minute, and takes it up again when it is looked at", () => {
  start(snapshot(5, "sse"));
  FakeEventSource.last.open({ epoch: "one", version: 5 });
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  for (let s = 0; s < 59; s++) {
    if (s % 5 === 0) FakeEventSource.last.send("heartbeat", { epoch: "one", version: 5 });
    vi.advanceTimersByTime(1_000);
  }
  expect(FakeEventSource.last.readyState).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(FakeEventSource.last.readyState).toBe(2);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  expect(FakeEventSource.made).toHaveLength(2);
});

it("only polls on pages that the stream does not cover", () => {
  const { status } = start(snapshot(5, "sse"), { offset: 100 });
  expect(FakeEventSource.made).toHaveLength(0);
  expect(status()).toBe("polling");
});

it("asks the stream for the watched player and shows what it tells", () => {
  const { live } = start(snapshot(5, "sse"), { player: "zoë & co" });
  expect(FakeEventSource.last.url).toBe("/api/v1/boards/cup/stream?since=one-5&player=zo%C3%AB+%26+co");
  FakeEventSource.last.send("standing", { entry: { ...bob, rank: 512 }, total: 900 }, "one-5");
  expect(live.getView().standing?.entry.rank).toBe(512);
  live.watch("ada");
  expect(live.getView().standing).toBeNull();
  expect(FakeEventSource.last.url).toContain("player=ada");
});

it("keeps showing a board that was removed, and says that it is gone", async () => {
  const { live } = start(snapshot(5, "sse"));
  answer = () => refusalResponse("board-not-found");
  await live.poll();
  expect(live.getView()).toMatchObject({ gone: true, snapshot: { version: 5 } });
  expect(FakeEventSource.last.readyState).toBe(2);
});

const foreign = { "content-type": "application/problem+json" };
const strangers: [what: string, answer: () => Response][] = [
  ["a proxy's 404", () => new Response("404 page not found", { status: 404 })],
  ["another API's 404", () => Response.json({ code: "board-not-found" }, { status: 404 })],
  ["another API's problem", () => Response.json({ type: "about:blank" }, { status: 404, headers: foreign })],
  ["a problem with the API's code", () => Response.json(notFound("about:blank"), { status: 404, headers: foreign })],
  ["that the API has no such address", () => refusalResponse("not-found")],
  ["that there is no such player", () => refusalResponse("player-not-found")],
  ["a gateway's 502", () => new Response("<html>", { status: 502 })],
  ["a page", () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } })],
  ["nothing", () => new Response(null, { status: 204 })],
  ["cut JSON", () => new Response('{"board":{"id":')],
  ["another API's JSON", () => Response.json({ status: "ok" })],
  ["an empty object", () => Response.json({})],
  ["JSON with half an entry", () => Response.json({ ...snapshot(6, "polling"), entries: [{ player: "x" }] })],
];

function notFound(type: string) {
  return { type, title: "", status: 404, detail: "", code: "board-not-found", errors: [] };
}

it.each(strangers)("takes %s for an outage, not for the board's end or its state", async (_what, reply) => {
  const { live } = start(snapshot(5, "polling"));
  answer = reply;
  await live.poll();
  expect(live.getView()).toMatchObject({ gone: false, status: "reconnecting", snapshot: { version: 5 } });
});

it("polls at least every 5.5 seconds however long the server has been away, also when a poll takes long to fail", async () => {
  const { live } = start(snapshot(5, "polling"));
  answer = () => new Response(null, { status: 502 });
  for (let failure = 0; failure < 20; failure++) {
    await live.poll();
    expect(live.nextPollMs()).toBeLessThanOrEqual(5_500);
    expect(live.nextPollMs()).toBeGreaterThanOrEqual(500);
  }
  const schedule = new PollSchedule();
  for (let failure = 0; failure < 20; failure++)
    schedule.note({ kind: "failed", retryAfterMs: 0, limited: false }, 5_000);
  expect(schedule.delayMs(30_000)).toBe(500);
});

it("tells nobody anything while nothing changes", async () => {
  const { live } = start(snapshot(5, "polling"));
  let told = 0;
  live.subscribe(() => told++);
  answer = ok(structuredClone(snapshot(5, "polling")), 'W/"one-5~1.100.0"');
  await live.poll();
  vi.advanceTimersByTime(10_000);
  expect(told).toBe(0);
});

it("is seen through a lens at once and with all that comes, and is followed all the same", async () => {
  const { live } = start(snapshot(5, "polling"));
  const heldAt = Date.now();
  vi.advanceTimersByTime(3_000);
  live.lookThrough((view) => ({ ...view, heldAt, snapshot: snapshot(1, "polling") }));
  answer = ok(snapshot(6, "polling", [bob]), 'W/"one-6~1.100.0"');
  await live.poll();
  expect([live.getView().snapshot.version, live.getVerifiedAt()]).toEqual([1, heldAt]);
  live.lookThrough(null);
  expect([live.getView().snapshot.version, live.getVerifiedAt()]).toEqual([6, heldAt + 3_000]);
});
