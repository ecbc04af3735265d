import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Followed, followedMax } from "@/app/_hooks/followed";
import { keepLook, readLook } from "@/app/_hooks/last-look";
import { baselineOf } from "@/app/_hooks/moves-since";

const dayMs = 86_400_000;
const now = 1_800_000_000_000;

/** A browser's storage: entries are its own properties, as Object.keys finds them. */
class FakeStorage {
  [key: string]: unknown;

  static of(entries: Record<string, string> = {}): FakeStorage {
    return Object.assign(new FakeStorage(), entries);
  }
}
Object.defineProperties(FakeStorage.prototype, {
  getItem: { value: (key: string) => storage[key] ?? null },
  setItem: {
    value: (key: string, text: string) => {
      storage[key] = text;
    },
  },
  removeItem: { value: (key: string) => delete storage[key] },
});

let storage: FakeStorage;
let page: EventTarget;

function open(entries: Record<string, string> = {}): void {
  storage = FakeStorage.of(entries);
  page = Object.assign(new EventTarget(), { localStorage: storage });
  vi.stubGlobal("window", page);
}

beforeEach(() => open());
afterEach(() => vi.unstubAllGlobals());

const ranks = (...players: string[]) => players.map((player, i) => ({ player, rank: i + 1 }));

describe("the last look", () => {
  it("is found again for a week, board by board", () => {
    keepLook("cup", baselineOf(ranks("a", "b"), now));
    expect(readLook("cup", now + dayMs)).toEqual(baselineOf(ranks("a", "b"), now));
    expect([readLook("cup", now + 7 * dayMs), readLook("other", now)]).toEqual([null, null]);
  });

  it("keeps no more than the first 100, of no more than 20 boards, and forgets what is old", () => {
    const crowd = Array.from({ length: 300 }, (_, i) => `p${i}`);
    for (let i = 0; i < 30; i++) keepLook(`board-${i}`, baselineOf(ranks(...crowd), now + i));
    const kept = Object.keys(storage).map((key) => key.replace("rungs:look:board-", ""));
    expect(kept.map(Number)).toEqual(Array.from({ length: 20 }, (_, i) => 10 + i));
    expect(readLook("board-29", now + 30)?.ranks.size).toBe(100);
    keepLook("late", baselineOf(ranks("a"), now + 8 * dayMs));
    expect(Object.keys(storage)).toEqual(["rungs:look:late"]);
  });

  it.each(["{", "null", "[]", "7", '{"at":"x","ranks":[]}', '{"at":1e99,"ranks":[]}', `{"at":${now},"ranks":{}}`])(
    "that is none is taken for none: %s",
    (text) => {
      open({ "rungs:look:cup": text });
      expect(readLook("cup", now)).toBe(null);
    },
  );

  it("leaves out what is no rank", () => {
    open({ "rungs:look:cup": `{"at":${now},"ranks":[["a",1],["b","2"],["c",0.5],null,["d"],[5,5],["e",-1]]}` });
    expect([...(readLook("cup", now)?.ranks ?? [])]).toEqual([["a", 1]]);
  });
});

describe("followed players", () => {
  it("are found again, in the order they were picked, and are gone when nobody is followed any more", () => {
    const followed = new Followed("cup");
    for (const player of ["b", "a", "c", "a"]) followed.toggle(player);
    expect(new Followed("cup").get()).toEqual({ players: ["b", "c"], folded: false });
    followed.fold(true);
    expect(new Followed("cup").get().folded).toBe(true);
    for (const player of ["b", "c"]) followed.toggle(player);
    expect([Object.keys(storage), new Followed("other").get().players]).toEqual([[], []]);
  });

  it("are at most 20: a further one changes nothing", () => {
    const followed = new Followed("cup");
    for (let i = 0; i < followedMax + 5; i++) followed.toggle(`p${i}`);
    expect([followed.get().players.length, followed.get().players.includes("p20")]).toEqual([20, false]);
  });

  it("are the same in every tab", () => {
    const followed = new Followed("cup");
    const heard = vi.fn();
    followed.subscribe(heard);
    for (const [key, text] of [
      ["rungs:follow:other", '{"players":["x"]}'],
      ["rungs:follow:cup", '{"players":["a"]}'],
    ] as const) {
      storage[key] = text;
      page.dispatchEvent(Object.assign(new Event("storage"), { key }));
    }
    expect([followed.get().players, heard.mock.calls.length]).toEqual([["a"], 1]);
  });

  it.each(["{", "null", '"a"', '{"players":"a"}', '{"players":[1,null,"",{}]}'])("that are none: %s", (text) => {
    open({ "rungs:follow:cup": text });
    expect(new Followed("cup").get()).toEqual({ players: [], folded: false });
  });

  it("are only those whose ids an address can be made of, each once, and no more than 20", () => {
    const players = [
      "a",
      "a",
      "\ud800",
      "b\u0000",
      "x".repeat(257),
      "ü",
      ...Array.from({ length: 40 }, (_, i) => `p${i}`),
    ];
    open({ "rungs:follow:cup": JSON.stringify({ players }) });
    const { players: read } = new Followed("cup").get();
    expect([read.slice(0, 3), read.length]).toEqual([["a", "ü", "p0"], followedMax]);
  });

  it("count on this page where nothing can be stored", () => {
    const refuse = () => {
      throw new Error("denied");
    };
    vi.stubGlobal("window", Object.defineProperty(new EventTarget(), "localStorage", { get: refuse }));
    const followed = new Followed("cup");
    followed.toggle("a");
    expect(followed.get().players).toEqual(["a"]);
    keepLook("cup", baselineOf(ranks("a"), now));
    expect(readLook("cup", now)).toBe(null);
  });
});
