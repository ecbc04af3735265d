import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openBoardStream, type StreamListener } from "@/app/_hooks/board-stream";
import { FakeEventSource } from "@/tests/support/fake-event-source";

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.made.length = 0;
});
afterEach(() => vi.useRealTimers());

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
  FakeEventSource.last.open();
  FakeEventSource.last.send("snapshot", { version: 3 }, "e1-3");
  FakeEventSource.last.send("delta", { from: 3, to: 4 }, "e1-4");
  FakeEventSource.last.send("standing", { entry: { rank: 9 } }, "e1-4");
  FakeEventSource.last.send("inbox", { newest: 7 });
  FakeEventSource.last.send("heartbeat", { epoch: "e1", version: 4 });
  expect(heard).toEqual(["open", "snapshot 3", "delta e1 4", "standing 9", "inbox 7", "heartbeat 4"]);
});

it("leaves a dropped stream to the browser, and rebuilds one the browser gave up with a fresh position", () => {
  const { heard } = open();
  FakeEventSource.last.open();
  FakeEventSource.last.fail(false);
  // A server that is full asks for 45 s at most.
  vi.advanceTimersByTime(45_000);
  expect(FakeEventSource.made).toHaveLength(1);
  FakeEventSource.last.fail(true);
  vi.advanceTimersByTime(5_000);
  expect(FakeEventSource.made.map(({ url }) => url)).toEqual(["/stream?since=0", "/stream?since=1"]);
  expect(heard).toEqual(["open", "down", "down"]);
});

it("rebuilds a stream that has been silent for 12 seconds, and lets heartbeats keep it", () => {
  open();
  FakeEventSource.last.open();
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
  FakeEventSource.last.open();
  for (let i = 0; i < 5; i++) {
    FakeEventSource.last.send("bye", { reason: "rotating" });
    FakeEventSource.last.fail(false);
    FakeEventSource.last.open();
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
  FakeEventSource.last.open();
  stream.close();
  vi.advanceTimersByTime(300_000);
  expect(heard).toEqual(["open"]);
  expect(FakeEventSource.made).toHaveLength(1);
});
