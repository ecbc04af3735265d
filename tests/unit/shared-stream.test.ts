import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openSharedStream } from "@/app/_hooks/shared-stream";
import { type TabMessage, tabProtocol } from "@/app/_hooks/tab-messages";
import { browserTabs, type Tabs } from "@/app/_hooks/tabs";
import { FakeEventSource } from "@/tests/support/fake-event-source";
import { FakeTab } from "@/tests/support/fake-tabs";
import { TabsWorld } from "@/tests/support/tabs-world";

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.made.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function open(count: number) {
  const world = new TabsWorld(() => 5);
  const tabs = Array.from({ length: count }, () => world.open());
  await pass(100);
  const statuses = () => tabs.filter((tab) => !tab.dead && !tab.left).map((tab) => tab.live.getView().status);
  const versions = () => tabs.map((tab) => tab.live.getView().snapshot.version);
  const leader = () => world.streams[0]?.tab;
  return { world, tabs, statuses, versions, leader };
}

it("tabs of one board share one stream, live in all of them; another player or board has its own", async () => {
  const { world, tabs, statuses, versions } = await open(8);
  expect(world.streams).toHaveLength(1);
  world.post("ada", 3);
  await pass(50);
  expect(versions()).toEqual(tabs.map(() => 2));
  expect(statuses()).toEqual(tabs.map(() => "live"));
  world.open("ada");
  await pass(100);
  expect(world.streams.map(({ url }) => url)).toEqual([
    "/api/v1/boards/b/stream?since=e1-1",
    "/api/v1/boards/b/stream?since=e1-2&player=ada",
  ]);
});

it("what the stream told of the watched player and the inbox is told in every tab, the standing also to newcomers", async () => {
  const world = new TabsWorld();
  const tabs = [world.open("ada"), world.open("ada")];
  await pass(100);
  const entry = { rank: 7, position: 7, player: "ada", name: "Ada", score: 3, tiebreaks: [] };
  world.streams[0]?.send("standing", { entry, total: 9 }, "e1-1");
  world.streams[0]?.send("inbox", { newest: 4 });
  await pass(10);
  expect(tabs.map((tab) => tab.live.getView().newestItem)).toEqual([4, 4]);
  tabs.push(world.open("ada"));
  await pass(100);
  expect(tabs.map((tab) => tab.live.getView().standing?.entry.rank)).toEqual([7, 7, 7]);
});

it("a newcomer claims to be as fresh as the stream is, not fresher", async () => {
  const { world } = await open(1);
  const heardAt = Date.now();
  world.streams[0]?.send("heartbeat", { epoch: "e1", version: 1 });
  world.streams[0]?.close();
  await pass(4_000);
  const newcomer = world.open();
  await pass(8_200);
  expect(newcomer.live.getVerifiedAt()).toBeLessThanOrEqual(heardAt + 4_000);
  expect(newcomer.live.getView().status).not.toBe("live");
});

it.each(["leave", "crash"] as const)(
  "when the leader's tab goes (%s) the next opens a stream from what it has",
  async (go) => {
    const { world, tabs, statuses } = await open(3);
    world.post("ada", 3);
    await pass(50);
    tabs[0]?.[go]();
    world.post("bob", 2);
    await pass(500);
    expect(world.streams.map(({ url }) => url)).toEqual(["/api/v1/boards/b/stream?since=e1-2"]);
    expect(tabs.slice(1).map((tab) => tab.live.getView().snapshot.version)).toEqual([3, 3]);
    expect(statuses()).toEqual(["live", "live"]);
  },
);

it("a leader hidden for a minute lets go of the stream, and follows when it is looked at again", async () => {
  const { world, tabs, statuses, leader } = await open(2);
  tabs[0]?.look(true);
  await pass(60_500);
  expect(leader()).toBe(tabs[1]);
  world.post("ada", 3);
  tabs[0]?.look(false);
  await pass(100);
  expect(world.streams).toHaveLength(1);
  expect(statuses()).toEqual(["live", "live"]);
});

it("a frozen leader is noticed within nine seconds, robbed ten later at most, and follows when it thaws", async () => {
  const { world, tabs, statuses, leader, versions } = await open(4);
  world.polls = true;
  tabs[0]?.freeze();
  world.post("ada", 3);
  await pass(9_100);
  expect(statuses().slice(1)).toEqual(["reconnecting", "reconnecting", "reconnecting"]);
  expect(versions().slice(1)).toEqual([2, 2, 2]);
  await pass(10_000);
  expect(world.streams.filter(({ tab }) => tab !== tabs[0])).toHaveLength(1);
  expect(tabs.slice(1).map((tab) => tab.live.getView().snapshot.version)).toEqual([2, 2, 2]);
  expect(statuses().slice(1)).toEqual(["live", "live", "live"]);
  tabs[0]?.thaw();
  await pass(500);
  expect(leader()).not.toBe(tabs[0]);
  expect(world.streams).toHaveLength(1);
  expect(statuses()).toEqual(["live", "live", "live", "live"]);
});

it("a leader with nothing to tell is asked every few seconds, by one for all, and stays", async () => {
  const { world, statuses, leader } = await open(1);
  let draws = 0;
  for (let i = 0; i < 5; i++) world.open(null, () => (draws++ % 10) / 10);
  await pass(100);
  const told: TabMessage["kind"][] = [];
  const line = new FakeTab(world.browser).openLine(`rungs:${tabProtocol}:b:`);
  line.onmessage = ({ data }) => told.push(data.kind);
  const first = leader();
  for (let s = 0; s < 60; s++) {
    await pass(1_000);
    expect(new Set(statuses())).toEqual(new Set(["live"]));
  }
  expect(leader()).toBe(first);
  expect(new Set(told)).toEqual(new Set(["event", "ping", "pong"]));
  expect(told.filter((kind) => kind === "pong").length).toBeGreaterThanOrEqual(60 / 6 - 1);
  expect(told.length).toBeLessThan(60);
});

it("while the server is away one tab tries for all, and every tab says so", async () => {
  const { world, statuses } = await open(5);
  world.away = true;
  world.streams[0]?.lose(true);
  await pass(50_000);
  // Three failures, then a minute's rest.
  expect(world.connections.length).toBeLessThanOrEqual(4);
  expect(new Set(world.connections.map(({ tab }) => tab)).size).toBe(1);
  expect(new Set(statuses())).toEqual(new Set(["stale"]));
  Object.assign(world, { polls: true, away: false });
  await pass(25_000);
  expect(new Set(statuses())).toEqual(new Set(["live"]));
});

it("a stream built anew goes on in every tab from where the leader is by then", async () => {
  const { world, tabs, versions } = await open(2);
  world.streams[0]?.fail(true);
  world.post("ada", 3);
  world.polls = true;
  await tabs[0]?.live.poll();
  await pass(5_000);
  world.polls = false;
  world.post("bob", 2);
  await pass(100);
  expect(tabs.map(({ failure }) => failure)).toEqual([null, null]);
  expect(versions()).toEqual([3, 3]);
});

it("a tab that joins while the leader's poll is ahead of its stream is let in where the stream is", async () => {
  let delay = 5;
  const world = new TabsWorld(() => delay);
  const tabs = [world.open()];
  await pass(100);
  delay = 400;
  world.post("ada", 3);
  world.polls = true;
  await tabs[0]?.live.poll();
  delay = 5;
  tabs.push(world.open());
  await pass(1_000);
  world.post("bob", 2);
  await pass(100);
  expect(tabs.map(({ failure }) => failure)).toEqual([null, null]);
  expect(tabs.map((tab) => tab.live.getView().snapshot.version)).toEqual([3, 3]);
});

it("a tab that let go of its stream stands in nobody's way, even if it is frozen then", async () => {
  const { tabs, leader } = await open(3);
  tabs[1]?.look(true);
  await pass(60_500);
  tabs[1]?.freeze();
  tabs[0]?.leave();
  await pass(500);
  expect(leader()).toBe(tabs[2]);
  expect(tabs[2]?.live.getView().status).toBe("live");
});

it("a tab believes its leader alone, and looks for another once that one says that it leaves", async () => {
  const world = new TabsWorld();
  const told: TabMessage[] = [];
  const line = new FakeTab(world.browser).openLine(`rungs:${tabProtocol}:b:`);
  line.onmessage = ({ data }) => told.push(data);
  const elder = new FakeTab(world.browser);
  void elder.locks.request(`rungs:${tabProtocol}:b:`, {}, () => new Promise(() => undefined));
  await pass(10);
  const tab = world.open();
  await pass(10);
  const status = () => tab.live.getView().status;
  const state = { snapshot: world.now, epochAt: Date.now() };
  const welcome = { leader: "a", stream: "open", heardAt: Date.now(), state, standing: null } as const;
  expect(told.map(({ kind }) => kind)).toEqual(["hello"]);
  line.postMessage({ kind: "welcome", question: "another's", welcome });
  await pass(10);
  expect(status()).toBe("polling");
  line.postMessage({ ...told[0], kind: "welcome", welcome });
  await pass(10);
  expect(status()).toBe("live");
  line.postMessage({ kind: "left", leader: "b" });
  await pass(10);
  expect(status()).toBe("live");
  line.postMessage({ kind: "left", leader: "a" });
  await pass(10);
  expect(status()).toBe("reconnecting");
  expect(told.map(({ kind }) => kind)).toEqual(["hello", "hello"]);
});

it("a leader that leaves says so before it lets go of the lock", async () => {
  const world = new TabsWorld(() => 20);
  const name = `rungs:${tabProtocol}:b:`;
  const holders: unknown[] = [];
  const line = new FakeTab(world.browser).openLine(name);
  line.onmessage = ({ data }) => data.kind === "left" && holders.push(world.browser.holder(name));
  const tab = world.open();
  await pass(100);
  tab.leave();
  await pass(500);
  expect(holders).toEqual([tab]);
  expect(world.browser.holder(name)).toBeUndefined();
});

const plain = { boardId: "b", player: null, handOver: () => never(), takeOver: () => never(), url: () => "/stream" };
const never = () => {
  throw new Error("nobody asks");
};
const listener = { onState: vi.fn() } as never;
const createSource = (url: string) => new FakeEventSource(url) as unknown as EventSource;

it.each([
  ["no locks, as on pages without TLS", {}, class {}],
  ["no channel", { locks: {} }, undefined],
  [
    "a channel that is not allowed",
    { locks: {} },
    class {
      constructor() {
        throw new DOMException("no", "SecurityError");
      }
    },
  ],
])("with %s every tab has a stream of its own", (_what, navigator, channel) => {
  vi.stubGlobal("navigator", navigator);
  vi.stubGlobal("BroadcastChannel", channel);
  for (let i = 0; i < 2; i++) openSharedStream({ ...plain, listener, createSource, tabs: browserTabs() });
  expect(FakeEventSource.made).toHaveLength(2);
});

it("with locks that are refused every tab has a stream of its own", async () => {
  const request = async () => Promise.reject(new DOMException("no", "SecurityError"));
  const handOver = () => ({}) as never;
  const tabs = { openLine: () => silentLine, locks: { request } } as unknown as Tabs;
  const streams = [1, 2].map(() => openSharedStream({ ...plain, handOver, listener, createSource, tabs }));
  await pass(1);
  expect(FakeEventSource.made.filter(({ url }) => url === "/stream")).toHaveLength(2);
  for (const stream of streams) stream.close();
  await pass(60_000);
  expect(FakeEventSource.made.filter(({ url }) => url === "/stream")).toHaveLength(2);
});

const silentLine = { onmessage: null, postMessage: () => undefined, close: () => undefined };
