import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openBoardStream, type StreamListener } from "@/app/_hooks/board-stream";
import { FakeEventSource } from "@/tests/support/fake-event-source";

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.made.length = 0;
});
afterEach(() => vi.useRealTimers());

const at = { epoch: "e1", version: 1 };
const board = { id: "b", name: "B", decimals: 0, tiebreaks: [], delivery: "sse" };
const entry = { rank: 9, position: 9, player: "p", name: "P", score: 1, tiebreaks: [] };

function open() {
  const heard: string[] = [];
  const listener: StreamListener = {
    onState: (state) => heard.push(state),
    onHeard: () => {},
    onSnapshot: (snapshot) => heard.push(`snapshot ${snapshot.version}`),
    onDelta: (epoch, delta) => heard.push(`delta ${epoch} ${delta.to}`),
    onStanding: ({ entry }) => heard.push(`standing ${entry.rank}`),
    onInbox: (newest) => heard.push(`inbox ${newest}`),
    onHeartbeat: ({ version }) => heard.push(`heartbeat ${version}`),
    onDeliveryOff: () => heard.push("delivery off"),
  };
  let since = 0;
  const stream = openBoardStream({
    url: () => `/stream?since=${since++}`,
    listener,
    createSource: (url) => new FakeEventSource(url) as unknown as EventSource,
    random: () => 0.5,
  });
  return { heard, stream };
}

it("hands on every kind of event, deltas with the epoch of their id", () => {
  const { heard } = open();
  FakeEventSource.last.open(at);
  FakeEventSource.last.send("snapshot", { board, ...at, version: 3, asOf: "", total: 1, entries: [entry] }, "e1-3");
  FakeEventSource.last.send("delta", { from: 3, to: 4, total: 1, changed: [], removed: [] }, "e1-4");
  FakeEventSource.last.send("standing", { entry, total: 20 }, "e1-4");
  FakeEventSource.last.send("inbox", { newest: 7 });
  FakeEventSource.last.send("heartbeat", { epoch: "e1", version: 4 });
  expect(heard.slice(0, 2)).toEqual(["open", "heartbeat 1"]);
  expect(heard.slice(2)).toEqual(["snapshot 3", "delta e1 4", "standing 9", "inbox 7", "heartbeat 4"]);
});

it("is open once this API has written of the board, whoever answered before", () => {
  const { heard } = open();
  const source = FakeEventSource.last;
  source.open();
  source.dispatchEvent(Object.assign(new Event("heartbeat"), { data: "<html>", lastEventId: "" }));
  source.send("heartbeat", {});
  source.send("snapshot", { ...at, board: {}, asOf: "", total: 1, entries: [entry] });
  source.send("delta", { from: 1, to: 2, total: 1, changed: [{ player: "x" }], removed: [] });
  source.send("bye", { reason: "starting" });
  expect(heard).toEqual([]);
  source.send("heartbeat", at);
  expect(heard).toEqual(["open", "heartbeat 1"]);
});

it("rebuilds a stream that opens and brings nothing, also one that the browser opened again", () => {
  const { heard } = open();
  FakeEventSource.last.open();
  vi.advanceTimersByTime(12_000 + 3_000);
  expect(FakeEventSource.made).toHaveLength(2);
  FakeEventSource.last.open(at);
  FakeEventSource.last.fail(false);
  vi.advanceTimersByTime(30_000);
  FakeEventSource.last.open();
  vi.advanceTimersByTime(12_000 + 3_000);
  expect(FakeEventSource.made).toHaveLength(3);
  expect(heard.filter((what) => what === "open")).toHaveLength(1);
});

it("stays alone while it connects, however often the server is known to be back", () => {
  const { stream } = open();
  for (let i = 0; i < 5; i++) {
    stream.retrySoon();
    vi.advanceTimersByTime(2_000);
  }
  expect(FakeEventSource.made).toHaveLength(1);
  FakeEventSource.last.open(at);
  FakeEventSource.last.fail(false);
  stream.retrySoon();
  vi.advanceTimersByTime(10_000);
  expect(FakeEventSource.made.filter(({ readyState }) => readyState !== 2)).toHaveLength(1);
});

it("leaves a dropped stream to the browser, and rebuilds one the browser gave up with a fresh position", () => {
  const { heard } = open();
  FakeEventSource.last.open(at);
  FakeEventSource.last.fail(false);
  // A server that is full asks for 45 s at most.
  vi.advanceTimersByTime(45_000);
  expect(FakeEventSource.made).toHaveLength(1);
  FakeEventSource.last.fail(true);
  vi.advanceTimersByTime(5_000);
  expect(FakeEventSource.made.map(({ url }) => url)).toEqual(["/stream?since=0", "/stream?since=1"]);
  expect(heard).toEqual(["open", "heartbeat 1", "down", "down"]);
});

it("rebuilds a stream that has been silent for 12 seconds, and lets heartbeats keep it", () => {
  open();
  FakeEventSource.last.open(at);
  for (let i = 0; i < 4; i++) {
    vi.advanceTimersByTime(11_000);
    FakeEventSource.last.send("heartbeat", { epoch: "e1", version: 1 });
  }
  const [quiet] = FakeEventSource.made;
  expect(FakeEventSource.made).toHaveLength(1);
  vi.advanceTimersByTime(12_000 + 3_000);
  expect(FakeEventSource.made).toHaveLength(2);
  expect(quiet?.readyState).toBe(2);
});

it("rests for a minute after three failures in a row", () => {
  open();
  for (let i = 0; i < 3; i++) {
    FakeEventSource.last.fail(true);
    if (i < 2) vi.advanceTimersByTime(10_000);
  }
  vi.advanceTimersByTime(59_000);
  expect(FakeEventSource.made).toHaveLength(3);
  vi.advanceTimersByTime(1_000);
  expect(FakeEventSource.made).toHaveLength(4);
});

it("ends its rest within seconds when the server is known to be back", () => {
  const { stream } = open();
  for (let i = 0; i < 3; i++) {
    FakeEventSource.last.fail(true);
    if (i < 2) vi.advanceTimersByTime(10_000);
  }
  stream.retrySoon();
  vi.advanceTimersByTime(2_000);
  expect(FakeEventSource.made).toHaveLength(4);
});

it("closes for good when delivery was switched off, and comes back after any other goodbye", () => {
  const { heard } = open();
  FakeEventSource.last.open(at);
  for (let i = 0; i < 5; i++) {
    FakeEventSource.last.send("bye", { reason: "rotating" });
    FakeEventSource.last.fail(false);
    FakeEventSource.last.open(at);
  }
  expect(FakeEventSource.made).toHaveLength(1);
  FakeEventSource.last.send("bye", { reason: "delivery-off" });
  FakeEventSource.last.fail(false);
  vi.advanceTimersByTime(300_000);
  expect(heard.at(-1)).toBe("delivery off");
  expect(FakeEventSource.made).toHaveLength(1);
});

it("says and does nothing more once it is closed", () => {
  const { heard, stream } = open();
  FakeEventSource.last.open(at);
  stream.close();
  vi.advanceTimersByTime(300_000);
  expect(heard).toEqual(["open", "heartbeat 1"]);
  expect(FakeEventSource.made).toHaveLength(1);
});
