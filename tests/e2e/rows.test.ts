/** What a long run of changes does to the rows of the page: no more than is needed, and no less. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Snapshot } from "@/lib/domain/snapshot";
import { type Random, seededRandom } from "@/tests/support/seeded-random";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

const crowd = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - i }));

interface Row {
  rank: string;
  name: string;
  score: string;
  /** Whether it is seen on its way to its place. */
  gliding: boolean;
}

/** The rows as they stand. */
function rowsOf(page: Page): Promise<Row[]> {
  return page.evaluate(() => {
    return [...(document.querySelector("tbody")?.rows ?? [])].map((row) => {
      const [rank = "", name = "", score = ""] = [...row.cells].map((cell) => cell.textContent);
      const gliding = getComputedStyle(row).transform !== "none";
      return { rank: /\d+/.exec(rank)?.[0] ?? "", name, score, gliding };
    });
  });
}

async function truthOf(board: string): Promise<Row[]> {
  const { entries }: Snapshot = await (await fetch(`${stage.server.url}/api/v1/boards/${board}?limit=100`)).json();
  return entries.map(({ rank, name, score }) => {
    return { rank: String(rank), name, score: score.toLocaleString("en-US"), gliding: false };
  });
}

/** One post of some new scores for anybody. */
function someScores(random: Random, players: number, count: number) {
  const picked = new Set(Array.from({ length: count }, () => random.whole(0, players - 1)));
  return [...picked].map((i) => ({ player: `p${i}`, name: `Player ${i}`, score: random.whole(0, 2_000) }));
}

it.each(["polling", "sse"])("ends where the API says after 1,000 random updates by %s", async (delivery) => {
  const board = `random-${delivery}`;
  await stage.createBoard({ id: board, operator: "set", delivery });
  await stage.post(board, crowd(60));
  const { page, complaints } = await stage.visit(`/boards/${board}`);
  await waitForStatus(page, delivery === "sse" ? "live" : "polling");
  const random = seededRandom(20_261_124);
  for (let posted = 0; posted < 1_000; ) {
    const scores = someScores(random, 75, random.whole(1, 12));
    await stage.post(board, scores);
    posted += scores.length;
  }
  const truth = await truthOf(board);
  await expect.poll(() => rowsOf(page), { timeout: 10_000 }).toEqual(truth);
  expect(complaints).toEqual([]);
});

it("touches no row whose entry stays as it is, while 50 posts change others", async () => {
  await stage.createBoard({ id: "still", operator: "set", delivery: "sse" });
  await stage.post("still", crowd(40));
  const { page } = await stage.visit("/boards/still");
  await waitForStatus(page, "live");
  await page.evaluate(() => {
    const touched = new Set<number>();
    const body = document.querySelector("tbody");
    const places = new Map([...(body?.rows ?? [])].map((row, i) => [row, i]));
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const row = (target instanceof Element ? target : target.parentElement)?.closest("tr");
        touched.add((row && places.get(row)) ?? -1);
      }
    });
    if (body) observer.observe(body, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(window, { touched });
  });
  const random = seededRandom(7);
  for (let post = 0; post < 50; post++) {
    // Only the first ten, and only among themselves.
    await stage.post("still", [{ player: `p${random.whole(0, 9)}`, score: random.whole(991, 2_000) }]);
  }
  const truth = await truthOf("still");
  await expect.poll(() => rowsOf(page), { timeout: 5_000 }).toEqual(truth);
  const touched = await page.evaluate(() => [...(window as unknown as { touched: Set<number> }).touched]);
  expect(touched.length).toBeGreaterThan(1);
  expect(touched.filter((place) => place < 0 || place > 9)).toEqual([]);
});
