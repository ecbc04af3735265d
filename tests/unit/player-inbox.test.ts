import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PlayerInbox } from "@/app/_hooks/player-inbox";
import { ShownMoments, type Surroundings } from "@/app/_hooks/shown-moments";
import type { InboxItem } from "@/lib/domain/moments";
import { refusalResponse } from "@/tests/support/problem";

/** An inbox on a server that can be away, and as many tabs of one browser as a test likes. */
class Stage {
  items: InboxItem[] = [];
  acknowledged = new Set<number>();
  acknowledging = true;
  asked = 0;
  now = 1_000_000;
  readonly kept = new Map<string, unknown>();
  #tail: Promise<unknown> = Promise.resolve();
  readonly around: Surroundings = {
    update: (key, work) => {
      const result = this.#tail.then(() => void this.kept.set(key, structuredClone(work(this.kept.get(key)))));
      this.#tail = result;
      return result;
    },
    now: () => this.now,
  };

  add(count: number): void {
    for (let i = 0; i < count; i++) {
      const id = this.items.length + 1;
      const data = { rank: 2, previousRank: 1, by: null };
      this.items.push({ id, board: "b", kind: "passed", data, at: `t${id}`, position: "e-1" });
    }
  }

  /** Shows what comes and says so at once, unless it is slow. */
  tab({ slow = false, around = this.around } = {}) {
    const seen: number[] = [];
    const onRefused = vi.fn();
    const shown = new ShownMoments("b", "p", `tab ${Math.random()}`, around);
    const inbox = new PlayerInbox({ boardId: "b", player: "p/1", token: "the-token", shown, onRefused });
    let work = Promise.resolve();
    let last: readonly InboxItem[] = [];
    inbox.subscribe(() => {
      const { moments } = inbox.getView();
      if (moments === last) return;
      seen.push(...moments.filter((item) => !last.includes(item)).map(({ id }) => id));
      last = moments;
      if (!slow && moments.length > 0) work = work.then(() => inbox.markShown(moments));
    });
    const poll = async () => {
      await inbox.poll();
      await work;
    };
    return { inbox, seen, poll, onRefused };
  }

  answer(url: string, init: RequestInit): Response {
    this.asked++;
    expect(new Headers(init.headers).get("authorization")).toBe("Bearer the-token");
    expect(url).toMatch(/^\/api\/v1\/boards\/b\/players\/p%2F1\/inbox(\/ack|\?limit=200)$/);
    if (url.endsWith("/ack")) {
      if (!this.acknowledging) throw new TypeError("network");
      for (const id of JSON.parse(String(init.body)).ids) this.acknowledged.add(id);
    }
    const items = this.items.filter(({ id }) => !this.acknowledged.has(id));
    return Response.json({ items, unacknowledged: items.length });
  }
}

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => stage.answer(url, init));
  vi.stubGlobal("document", { hidden: false });
});
afterEach(() => vi.unstubAllGlobals());

test("what is new is shown and then acknowledged", async () => {
  stage.add(2);
  const tab = stage.tab();
  await tab.poll();
  expect([tab.seen, [...stage.acknowledged]]).toEqual([
    [1, 2],
    [1, 2],
  ]);
  stage.add(1);
  await tab.poll();
  expect([tab.seen, tab.inbox.getView()]).toEqual([[1, 2, 3], { moments: stage.items, waiting: 0 }]);
});

test("of a full inbox a few are shown at a time, and only those are acknowledged", async () => {
  stage.add(12);
  const tab = stage.tab();
  await tab.poll();
  expect([tab.seen, tab.inbox.getView().waiting, stage.acknowledged.size]).toEqual([[1, 2, 3], 9, 3]);
  await tab.poll();
  expect(tab.seen).toHaveLength(3);
  tab.inbox.dismiss();
  await tab.poll();
  expect([tab.seen, tab.inbox.getView().waiting]).toEqual([[1, 2, 3, 4, 5, 6], 6]);
  for (let i = 0; i < 2; i++) {
    tab.inbox.dismiss();
    await tab.poll();
    await tab.poll();
  }
  expect([tab.seen.length, tab.inbox.getView().waiting, stage.acknowledged.size]).toEqual([12, 0, 12]);
});

test("while the acknowledgement does not get through nothing is shown twice, in this tab, another or after a reload", async () => {
  stage.add(2);
  stage.acknowledging = false;
  const [tab, other] = [stage.tab(), stage.tab()];
  await tab.poll();
  await tab.poll();
  await other.poll();
  tab.inbox.dismiss();
  await tab.poll();
  expect([tab.seen, other.seen, stage.acknowledged.size]).toEqual([[1, 2], [], 0]);
  stage.acknowledging = true;
  const reloaded = stage.tab();
  await reloaded.poll();
  expect([reloaded.seen, stage.acknowledged.size]).toEqual([[], 2]);
});

test("tabs that ask at the same time share the moments: each is seen in one of them", async () => {
  stage.add(9);
  const tabs = [stage.tab(), stage.tab(), stage.tab()];
  await Promise.all(tabs.map((tab) => tab.poll()));
  expect(tabs.flatMap((tab) => tab.seen).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("what a tab claimed and never showed is shown by another, a little later", async () => {
  stage.add(1);
  const gone = stage.tab({ slow: true });
  await gone.poll();
  const tab = stage.tab();
  await tab.poll();
  expect(tab.seen).toEqual([]);
  stage.now += 10_001;
  await tab.poll();
  expect([tab.seen, stage.acknowledged.size]).toEqual([[1], 1]);
});

test("a tab that nobody sees asks for nothing", async () => {
  vi.stubGlobal("document", { hidden: true });
  stage.add(1);
  const tab = stage.tab();
  await tab.poll();
  expect([tab.seen, stage.asked]).toEqual([[], 0]);
});

test("a token that the API refuses is given up; not where somebody else refuses, or the server is away", async () => {
  const tab = stage.tab();
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("network")));
  await tab.poll();
  const others = [401, 403, 503].map((status) => () => Response.json({ code: "unauthorized" }, { status }));
  for (const reply of [...others, () => Response.json({}), () => refusalResponse("unavailable")]) {
    vi.stubGlobal("fetch", async () => reply());
    await tab.poll();
  }
  expect(tab.onRefused).not.toHaveBeenCalled();
  for (const code of ["unauthorized", "forbidden"] as const) {
    vi.stubGlobal("fetch", async () => refusalResponse(code));
    await tab.poll();
  }
  expect(tab.onRefused).toHaveBeenCalledTimes(2);
});

test("a hint during a poll is not lost", async () => {
  const tab = stage.tab();
  const first = tab.inbox.poll();
  stage.add(1);
  void tab.inbox.poll();
  await first;
  await vi.waitFor(() => expect(tab.seen).toEqual([1]));
});

const unkept = { update: async () => Promise.reject(new Error("nothing can be kept")) };
const spoilt = { update: async (_key: string, work: (kept: unknown) => unknown) => void work({ shown: "nonsense" }) };

test.each([
  ["nothing can be kept", unkept],
  ["nonsense is kept", spoilt],
])("where %s, one tab still shows each once", async (_name, { update }) => {
  stage.add(2);
  stage.acknowledging = false;
  const tab = stage.tab({ around: { ...stage.around, update } });
  await tab.poll();
  tab.inbox.dismiss();
  await tab.poll();
  expect(tab.seen).toEqual([1, 2]);
});

test("a database set up anew, whose numbers begin again, is not taken for what was seen", async () => {
  stage.add(1);
  await stage.tab().poll();
  stage.acknowledged.clear();
  stage.items = stage.items.map((item) => ({ ...item, at: "another time" }));
  const tab = stage.tab();
  await tab.poll();
  expect(tab.seen).toEqual([1]);
});
