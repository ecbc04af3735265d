import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changedText } from "@/app/_components/home/changed-text";
import { arrangeBoards, isLive } from "@/app/_hooks/arrange-boards";
import { listUrl, PolledList } from "@/app/_hooks/board-list";
import type { BoardList, BoardSummary } from "@/lib/domain/board-list";
import { refusalResponse } from "@/tests/support/problem";
import { textsIn } from "@/tests/support/texts";

const minute = 60_000;

function board(id: string, changedAt: string | null = null): BoardSummary {
  const settings = { order: "desc", operator: "best", decimals: 0, rankStyle: "competition" } as const;
  const delivery = "polling";
  return { id, name: id, ...settings, tiebreaks: [], delivery, total: 1, changedAt, leader: null, viewers: 0 };
}

const ids = (boards: readonly BoardSummary[]) => boards.map(({ id }) => id).join(" ");

describe("the age of a change", () => {
  it("is told in the largest unit that fits, in the words of the texts and not of the viewer's tag", () => {
    const ages = [
      -9,
      4_999,
      5_000,
      minute,
      61 * minute,
      24 * 60 * minute,
      70 * 24 * 60 * minute,
      400 * 24 * 60 * minute,
    ];
    const said = (language: "en" | "de", locale: string) => {
      return ages.map((ageMs) => changedText(ageMs, textsIn(language, "home", locale)));
    };
    expect(said("en", "fr-CA")).toEqual([
      "changed just now",
      "changed just now",
      "changed 5 seconds ago",
      "changed 1 minute ago",
      "changed 1 hour ago",
      "changed 1 day ago",
      "changed 2 months ago",
      "changed 1 year ago",
    ]);
    expect(said("de", "de-CH").slice(1, 6)).toEqual([
      "gerade geändert",
      "vor 5 Sekunden geändert",
      "vor 1 Minute geändert",
      "vor 1 Stunde geändert",
      "vor 1 Tag geändert",
    ]);
  });
});

describe("the places of boards on the page", () => {
  it("stay as they are when boards change, and new ones go first", () => {
    const shown = [board("a"), board("b"), board("c")];
    expect(ids(arrangeBoards(shown, [board("c"), board("a"), board("b")]))).toBe("a b c");
    expect(ids(arrangeBoards(shown, [board("y"), board("c"), board("x"), board("a")]))).toBe("y x a c");
  });

  it("are among the live ones for five minutes after a change", () => {
    const changed = board("a", "2026-01-01T00:00:00Z");
    const at = Date.parse("2026-01-01T00:00:00Z");
    expect([0, 5 * minute - 1, 5 * minute].map((ms) => isLive(changed, at + ms))).toEqual([true, true, false]);
    expect(isLive(board("b"), at)).toBe(false);
  });
});

describe("a polled list", () => {
  const list = (...boards: BoardSummary[]): BoardList => ({ boards, total: boards.length, next: null });
  const all = listUrl({ q: "", after: null });
  const cups = listUrl({ q: "cup & co", after: null });
  let asked: { url: string; tag: string | null }[];
  let answer: () => Response;

  beforeEach(() => {
    asked = [];
    vi.stubGlobal("fetch", async (url: string, { headers }: { headers: Record<string, string> }) => {
      asked.push({ url, tag: headers["If-None-Match"] ?? null });
      return answer();
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  const reply = (body: BoardList, etag: string) => () => Response.json(body, { headers: { etag } });

  it("asks with the tag of the same question, and stays the same object when nothing changed", async () => {
    const polled = new PolledList(all, list(board("a")), "one");
    answer = () => new Response(null, { status: 304 });
    expect(await polled.poll(all)).toBe(polled.state);
    answer = reply(list(board("b"), board("a")), "two");
    expect(ids((await polled.poll(all)).list.boards)).toBe("b a");
    answer = reply(list(board("cup")), "three");
    expect(ids((await polled.poll(cups)).list.boards)).toBe("cup");
    expect(asked.map(({ tag }) => tag)).toEqual(["one", "one", null]);
    expect(new URL(cups, "http://x").searchParams.get("q")).toBe("cup & co");
  });

  it("keeps what it has when the server does not answer, says so, and asks less often", async () => {
    const polled = new PolledList(all, list(board("a")), "one");
    answer = () => new Response("no", { status: 503 });
    for (let times = 0; times < 3; times++) {
      expect(await polled.poll(all)).toMatchObject({ failing: true, list: { total: 1 } });
    }
    answer = () => refusalResponse("too-many-requests", { retryAfter: 60 });
    expect(await polled.poll(all)).toMatchObject({ failing: true, list: { total: 1 } });
    expect(polled.nextPollMs()).toBe(60_000);
    answer = () => new Response(null, { status: 304 });
    expect(await polled.poll(all)).toMatchObject({ failing: false, list: { total: 1 } });
  });
});
