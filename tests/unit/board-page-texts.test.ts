import { describe, expect, it } from "vitest";
import { announcement } from "@/app/_components/board/announcement";
import { columnLabel, createFormats } from "@/app/_components/board/formats";
import { ageText } from "@/app/_components/board/freshness";
import { pageCount, pageHref, pageOf, placeNumber } from "@/app/_components/board/paging";
import { agoText } from "@/app/_texts/ago";
import { textsIn } from "@/tests/support/texts";

const english = textsIn("en", "board");

describe("numbers", () => {
  it("show all decimals of a score, and of a tiebreak only those it has", () => {
    const formats = createFormats("en", 2);
    expect([formats.score(1234.5), formats.tiebreak(1234.5), formats.tiebreak(3)]).toEqual([
      "1,234.50",
      "1,234.5",
      "3",
    ]);
  });

  it("show a missing tiebreak as a dash", () => {
    expect([null, undefined, 0].map(createFormats("de", 0).tiebreak)).toEqual(["–", "–", "0"]);
  });
});

it("labels columns as people write them", () => {
  expect(["penalty_", "lastAcceptedAt", "last_accepted-at"].map(columnLabel)).toEqual([
    "Penalty",
    "Last accepted at",
    "Last accepted at",
  ]);
});

it("tells the age of what is shown in seconds, minutes and hours", () => {
  expect([-5, 1_999, 3_000, 59_999, 60_000, 7_200_000].map((ageMs) => ageText(ageMs, english))).toEqual([
    "updated just now",
    "updated just now",
    "updated 3 s ago",
    "updated 59 s ago",
    "updated 1 min ago",
    "updated 2 h ago",
  ]);
});

it("tells how long ago something was in the largest whole unit, in the language of the texts", () => {
  const seconds = [0, 59, 60, 719, 7_200, 172_900, -5];
  expect(seconds.map((ago) => agoText(1_000 * ago, "en"))).toEqual([
    "0 seconds ago",
    "59 seconds ago",
    "1 minute ago",
    "11 minutes ago",
    "2 hours ago",
    "2 days ago",
    "0 seconds ago",
  ]);
  expect(agoText(720_000, "de")).toBe("vor 12 Minuten");
});

describe("pages", () => {
  it("are those of a place in the address; anything else is no place, and the first page", () => {
    const places = ["2", "100", "101", "0", "-1", "1e9", "abc", "1234567890", undefined, ["2", "3"]].map(placeNumber);
    expect(places).toEqual([2, 100, 101, null, null, null, null, null, null, null]);
    expect(places.slice(0, 4).map(pageOf)).toEqual([1, 1, 2, 1]);
  });

  it("are counted, and an empty board has one", () => {
    expect([0, 1, 100, 101].map(pageCount)).toEqual([1, 1, 1, 2]);
  });

  it("keep watching the same player, whatever its id is", () => {
    expect(pageHref(3, "a&b=c#d")).toBe("?at=201&player=a%26b%3Dc%23d");
  });
});

describe("announcements", () => {
  const before = { status: "live", leader: "Ada", watched: "Bob", rank: 4 } as const;

  it("say what changed in one go: connection, own rank, leader", () => {
    const words = announcement(before, { status: "stale", leader: "Cat", watched: "Bob", rank: 3 }, english);
    expect(words).toBe("The standings may be out of date. Bob is now at rank 3. Cat leads.");
  });

  it("say nothing when nothing changed", () => {
    expect(announcement(before, { ...before }, english)).toBe("");
  });
});
