/** The whole board in one table: 200,000 players, whose rows are together higher than what a page may be. */
import type { BrowserContextOptions, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Snapshot } from "@/lib/domain/snapshot";
import { violations } from "@/tests/support/axe";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";

const players = 200_000;
let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.createBoard({ id: "crowd" });
  const batches = Array.from({ length: players / 1_000 }, (_, i) => i * 1_000);
  const post = async () => {
    for (let from = batches.pop(); from !== undefined; from = batches.pop()) {
      const start = from;
      // Pairs share a score, so that ties lie everywhere.
      const scores = Array.from({ length: 1_000 }, (_, i) => {
        const place = start + i;
        return { player: `p${place}`, name: `Player ${place + 1}`, score: players - 2 * Math.floor(place / 2) };
      });
      await stage.post("crowd", scores);
    }
  };
  await Promise.all([post(), post(), post()]);
}, 180_000);

afterAll(() => stage?.close());

const field = (page: Page) => page.getByRole("textbox", { name: "Go to place" });
/** A page of the whole board, once it has become one table. */
async function open(path: string, place: number, options?: BrowserContextOptions) {
  const visit = await stage.visit(path, options);
  await field(visit.page).waitFor();
  await rowAt(visit.page, place).locator("a").waitFor();
  return visit;
}

const rowAt = (page: Page, place: number) => page.locator(`tbody tr[aria-rowindex="${place + 1}"]`);

async function goTo(page: Page, place: number): Promise<void> {
  await field(page).fill(String(place));
  await field(page).press("Enter");
  await rowAt(page, place).locator("a").waitFor();
}

/** Places and names of the rows that are seen, once none of them is waiting. */
async function seen(page: Page): Promise<[place: number, name: string][]> {
  const rows = () =>
    page.evaluate(() => {
      const head = document.querySelector("thead")?.getBoundingClientRect().bottom ?? 0;
      return [...document.querySelectorAll<HTMLTableRowElement>("tbody tr")]
        .filter((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return bottom > head && top < window.innerHeight;
        })
        .map((row): [number, string] => [Number(row.ariaRowIndex) - 1, row.querySelector("a")?.textContent ?? ""]);
    });
  await expect.poll(async () => (await rows()).filter(([, name]) => name === "")).toEqual([]);
  return rows();
}

async function fromApi(offset: number, limit: number): Promise<Snapshot> {
  const response = await fetch(`${stage.server.url}/api/v1/boards/crowd?offset=${offset}&limit=${limit}`);
  return (await response.json()) as Snapshot;
}

/** What is seen is a part of the board without holes, as the API tells it. */
async function expectTrue(page: Page): Promise<[place: number, name: string][]> {
  const rows = await seen(page);
  const first = rows[0]?.[0] ?? 0;
  const { entries } = await fromApi(first - 1, rows.length);
  expect(rows.length).toBeGreaterThan(8);
  expect(rows).toEqual(entries.map(({ position, name }) => [position, name]));
  return rows;
}

it("goes on below the first hundred, and shows what the API says wherever it is scrolled to", async () => {
  const { page, complaints } = await stage.visit("/boards/crowd");
  await page.getByRole("link", { name: "Next" }).click();
  await rowAt(page, 101).locator("a").waitFor();
  expect(await page.getByRole("table").getAttribute("aria-rowcount")).toBe(String(players + 1));
  expect((await expectTrue(page)).some(([place]) => place === 101)).toBe(true);
  for (let i = 0; i < 30; i++) {
    await page.mouse.move(400, 400);
    await page.mouse.wheel(0, 400);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  const rows = await expectTrue(page);
  expect(rows[0]?.[0]).toBeGreaterThan(300);
  // Only what is seen, and a little more, is there.
  expect(await page.locator("tbody tr").count()).toBeLessThan(150);
  expect(complaints).toEqual([]);
});

it("moves by hand as far as the hand does, in the middle of a list higher than a page can be", async () => {
  const { page } = await open(`/boards/crowd?at=${players / 2}`, players / 2);
  const rowHeight = await rowAt(page, players / 2).evaluate((row) => row.getBoundingClientRect().height);
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThan(players * rowHeight);
  const before = (await expectTrue(page))[0]?.[0] ?? 0;
  await page.mouse.move(400, 400);
  await page.mouse.wheel(0, 10 * rowHeight);
  await expect.poll(async () => (await seen(page))[0]?.[0]).toBe(before + 10);
  // The scroll bar then moves to where it belongs, and the address tells the place.
  await expect.poll(() => placeOf(page)).toBe(players / 2 + 10);
  expect((await expectTrue(page))[0]?.[0]).toBe(before + 10);
});

it("reaches the last place and the first, by keys and by the field", async () => {
  const { page, complaints } = await open("/boards/crowd?at=150", 150);
  await page.keyboard.press("End");
  await rowAt(page, players).locator("a").waitFor();
  await expect.poll(async () => (await seen(page)).at(-1)?.[0]).toBe(players);
  await page.keyboard.press("Home");
  await expect.poll(async () => (await seen(page))[0]?.[0]).toBe(1);
  await goTo(page, 123_456);
  expect((await expectTrue(page)).some(([place]) => place === 123_456)).toBe(true);
  await goTo(page, players);
  await page.getByRole("button", { name: "To the top" }).click();
  await expect.poll(async () => (await seen(page))[0]?.[0]).toBe(1);
  expect(complaints).toEqual([]);
});

function placeOf(page: Page): number {
  return Number(new URL(page.url()).searchParams.get("at"));
}

it("opens at the place of its address, and goes back to where one was", async () => {
  const { page } = await open("/boards/crowd?at=77777", 77_777);
  expect((await expectTrue(page)).some(([place]) => place === 77_777)).toBe(true);
  await goTo(page, 5_000);
  await page.goBack();
  await rowAt(page, 77_777).locator("a").waitFor();
  await page.reload();
  await rowAt(page, 77_777).locator("a").waitFor();
  await expectTrue(page);
});

it("shows no player twice and leaves none out while players move across the places in sight", async () => {
  const { page } = await open("/boards/crowd?at=40000", 40_000);
  const rows = await expectTrue(page);
  const place = rows[5]?.[0] ?? 0;
  // From far below into the midst of what is seen, and one from there to far above.
  const score = players - place + 1;
  await stage.post("crowd", [
    { player: `p${players - 10}`, score },
    { player: `p${place + 3}`, score: players - 100 },
  ]);
  await page
    .locator("tbody")
    .getByRole("link", { name: `Player ${players - 9}`, exact: true })
    .waitFor({ timeout: 8_000 });
  await expectTrue(page);
  const names = (await seen(page)).map(([, name]) => name);
  expect(new Set(names).size).toBe(names.length);
});

it("keeps what is watched at hand: from the pinned standing to its row, and no jump when somebody is picked", async () => {
  const { page } = await stage.visit("/boards/crowd?player=p150000");
  await page.getByRole("link", { name: "Show in the table" }).click();
  await page.locator("#watched-row").waitFor();
  const rows = await expectTrue(page);
  await rowAt(page, rows[6]?.[0] ?? 0)
    .locator("a")
    .click();
  await expect.poll(() => new URL(page.url()).searchParams.get("player")).not.toBe("p150000");
  expect((await seen(page))[0]?.[0]).toBe(rows[0]?.[0]);
});

it("streams the first places also to who came from below", async () => {
  await stage.createBoard({ id: "streamed", delivery: "sse" });
  await stage.post(
    "streamed",
    Array.from({ length: 500 }, (_, i) => ({ player: `s${i}`, name: `S${i}`, score: 1_000 - i })),
  );
  const { page } = await open("/boards/streamed?at=400", 400);
  const streaming = page.waitForRequest((request) => request.url().includes("/stream"));
  await page.keyboard.press("Home");
  await streaming;
  await waitForOrder(page, ["S0", "S1"], 10_000);
  await stage.post("streamed", [{ player: "s450", score: 5_000 }]);
  await waitForOrder(page, ["S450", "S0"], 2_500);
});

it("asks for little while the scroll bar is dragged across the board", async () => {
  const { page } = await open("/boards/crowd?at=1", 1);
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/boards/crowd?") && asked.push(request.url()));
  await page.evaluate(async () => {
    const end = document.documentElement.scrollHeight;
    for (let i = 1; i <= 60; i++) {
      window.scrollTo(0, (end * i) / 70);
      await new Promise(requestAnimationFrame);
    }
  });
  await expectTrue(page);
  expect(asked.filter((url) => /offset=[1-9]/.test(url)).length).toBeLessThan(12);
});

it("is whole without a script as well: pages of the same places", async () => {
  const { page } = await stage.visit("/boards/crowd?at=101", { javaScriptEnabled: false });
  expect(await page.locator("tbody tr").first().locator("a").textContent()).toBe("Player 101");
  await page.getByRole("link", { name: "Next" }).click();
  await page.getByRole("link", { name: "Player 201" }).waitFor();
});

it("has no barriers, and is as wide as a narrow window", async () => {
  const { page } = await open("/boards/crowd?at=199990&player=p3", 199_990, { viewport: { width: 320, height: 640 } });
  await waitForStatus(page, "polling");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
});
