import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { PastNotice } from "@/app/_components/race/past-notice";
import type { PastView } from "@/app/_hooks/past-moments";
import { noRace, type RaceView } from "@/app/_hooks/race-view";
import { catalogues } from "@/app/_texts/catalogues";
import { TextsProvider } from "@/app/_texts/use-texts";
import type { Point, Race, Timeline } from "@/lib/domain/history";

const race: Race = { epoch: "e", version: 1, players: [], complete: true };
const from = "2026-01-01T00:00:00.000Z";
const marks: Point[] = [
  [1, 1],
  [2, 2],
];
const timeline: Timeline = { from, to: from, events: 2, seq: 2, marks, complete: true };
const known: RaceView = { ...noRace, race, timeline };
const there: PastView = { shown: null, problem: null };

function said(look: RaceView, past: Partial<PastView> = {}, more: { misread?: boolean; empty?: boolean } = {}): string {
  const html = renderToStaticMarkup(
    <TextsProvider viewer={{ language: "en", locale: "en" }} messages={{ race: catalogues.en.race }}>
      <PastNotice
        look={look}
        past={{ ...there, ...past }}
        misread={false}
        empty={false}
        momentText={(at) => `<${new Date(at).getUTCFullYear()}>`}
        {...more}
      />
    </TextsProvider>,
  );
  return html.replace(/<[^>]+>/g, "");
}

it("says nothing while everything can be seen", () => {
  expect(said(known)).toBe("");
});

it("tells what cannot be seen, the most important first", () => {
  expect(said(noRace, {}, { empty: true })).toContain("No scores yet.");
  expect(said(noRace)).toContain("is being read");
  expect(said({ ...noRace, refused: true })).toContain("more scores or players than one can look back over");
  expect(said(known, { problem: "waiting" })).toContain("cannot be loaded just now");
  expect(said(known, {}, { misread: true })).toContain("asks for a moment that there is not");
  expect(said({ ...known, timeline: { ...timeline, marks: marks.slice(0, 1) } })).toContain(
    "There is one score so far",
  );
});

it("tells from when on there is a past, where its beginning is no longer held", () => {
  const late = { ...known, timeline: { ...timeline, complete: false } };
  expect(said(late)).toBe("Looking back begins on &lt;2026&gt;: what was before is too much to keep at hand.");
  expect(said(late, { problem: "too-long" })).toContain("longer ago than one can look back here");
});
