import { readFile } from "node:fs/promises";
import type { BrowserContextOptions, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { valueAt } from "@/app/_components/chart/series";
import type { PastBoard, Point, Race, Timeline } from "@/lib/domain/history";
import { spread } from "@/lib/domain/thin";
import { violations } from "@/tests/support/axe";
import { sideways } from "@/tests/support/layout";
import { playSeason } from "@/tests/support/season";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await playSeason(stage, { id: "icpc", name: "The contest" });
  await stage.createBoard({ id: "cup", name: "Cup", delivery: "sse" });
  for (const [i, player] of ["ada", "bob", "cleo", "ada", "bob", "bob"].entries()) {
    await stage.post("cup", [{ player, name: player.toUpperCase(), score: 10 * (i + 1) }]);
  }
});

afterAll(() => stage?.close());

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`${stage.server.url}/api/v1/boards/${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return response.json() as Promise<T>;
}

const marksOf = async (board: string) => (await read<Timeline>(`${board}/timeline`)).marks;
const boardAt = (board: string, query: string) => read<PastBoard>(`${board}/at?${query}&limit=100`);

async function visit(path: string, options: BrowserContextOptions = {}) {
  const visit = await stage.visit(path, options);
  await slider(visit.page).waitFor();
  await visit.page.locator('[role="slider"] svg').waitFor();
  return visit;
}

const slider = (page: Page) => page.locator('input[type="range"]');
const standings = (page: Page) => page.locator("table:has(tbody a)");
const moment = (page: Page) => slider(page).getAttribute("aria-valuetext");

/** Rank, name and score of each row, as shown. */
function rows(page: Page): Promise<string[][]> {
  return standings(page)
    .locator("tbody tr")
    .evaluateAll((all) =>
      all.map((row) => {
        const [rank, score] = row.querySelectorAll("td");
        const digits = rank?.textContent?.replace(/[^\d,]/g, "") ?? "";
        return [digits, row.querySelector("th a")?.textContent ?? "", score?.textContent ?? ""];
      }),
    );
}

const rowsOf = ({ entries }: PastBoard) =>
  entries.map(({ rank, name, score }) => [rank, name, score].map((value) => value.toLocaleString("en")));

/** As the page writes it, in its browser's time zone. */
const written = (page: Page, at: number) =>
  page.evaluate((time) => {
    return new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "medium" }).format(time);
  }, at);

it("draws the scores of those who lead now, and its table tells what the API tells", async () => {
  const { page, complaints } = await visit("/boards/icpc/race");
  const { players } = await read<Race>("icpc/race");
  expect(players).toHaveLength(10);
  expect(await page.locator("[data-series]").count()).toBe(10);
  await page.getByText("Show as table").click();
  const table = page.getByRole("table", { name: "Scores over time of the 10 who lead now" });
  const told = await table
    .locator("tr")
    .evaluateAll((all) => all.map((row) => [...row.querySelectorAll("th, td")].map((cell) => cell.textContent)));
  expect(told[0]).toEqual(["Time", ...players.map(({ name }) => name)]);
  const changes = [...new Set(players.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  // The last row is where the lines end, later than all changes.
  const shown = spread(0, changes.length, 200).flatMap((i) => changes[i] ?? []);
  expect(shown.length).toBeGreaterThan(100);
  expect(told).toHaveLength(1 + shown.length + 1);
  for (const [i, at] of shown.entries()) {
    const scores = players.map(({ points }) => valueAt(points, at)?.toLocaleString("en") ?? "–");
    expect(told[i + 1]).toEqual([await written(page, at), ...scores]);
  }
  expect(complaints).toEqual([]);
});

it("shows the board as it stood, wherever the slider is, and keeps the moment in the address", async () => {
  const { page, complaints } = await visit("/boards/icpc/race");
  const marks = await marksOf("icpc");
  expect(marks).toHaveLength(200);
  for (const index of [0, 57, 123, 198, 56]) {
    const [at, seq] = marks[index] ?? [0, 0];
    await slider(page).fill(String(index));
    expect(await moment(page)).toBe(await written(page, at));
    const then = await boardAt("icpc", `seq=${seq}`);
    await page.getByRole("heading", { name: `The board on ${await written(page, at)}` }).waitFor();
    expect(await rows(page)).toEqual(rowsOf(then));
    await page.waitForURL((url) => url.searchParams.get("seq") === String(seq));
  }
  await page.getByRole("button", { name: "Now", exact: true }).click();
  await page.getByRole("heading", { name: "The board now" }).waitFor();
  expect(await rows(page)).toEqual(rowsOf(await read<PastBoard>("icpc?limit=100")));
  await page.waitForURL((url) => url.search === "");
  expect(complaints).toEqual([]);
});

/** One whose event is seen among the first hundred. */
async function markThatChanges(board: string): Promise<Point> {
  for (const [at, seq] of (await marksOf(board)).slice(50)) {
    const [before, after] = [await boardAt(board, `seq=${seq - 1}`), await boardAt(board, `seq=${seq}`)];
    if (JSON.stringify(rowsOf(before)) !== JSON.stringify(rowsOf(after))) return [at, seq];
  }
  throw new Error("no mark changes the first hundred");
}

it("is written by the server for the moment in the address, by event or by the clock", async () => {
  const [at, seq] = await markThatChanges("icpc");
  const time = new Date(at + 1).toISOString();
  for (const [address, query] of [
    [`seq=${seq}`, `seq=${seq}`],
    [`at=${time}`, `time=${time}`],
  ]) {
    const { page } = await stage.visit(`/boards/icpc/race?${address}`, { javaScriptEnabled: false });
    expect(await rows(page)).toEqual(rowsOf(await boardAt("icpc", query ?? "")));
    const inUtc = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" });
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toContain(
      `The board on ${inUtc.format(address?.startsWith("at") ? at + 1 : at)} UTC`,
    );
  }
});

/** What the slider showed, frame by frame, each value once. */
async function watchSlider(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(window, { seen });
    const look = () => {
      const value = document.querySelector<HTMLInputElement>('input[type="range"]')?.valueAsNumber ?? -1;
      if (seen.at(-1) !== value) seen.push(value);
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => (window as unknown as { seen: number[] }).seen);
}

it("plays on from where one is to now, moment after moment, and stops there", async () => {
  const marks = await marksOf("icpc");
  const { page } = await visit(`/boards/icpc/race?seq=${marks[179]?.[1]}`);
  await page.getByLabel("Speed").selectOption("4");
  const seen = await watchSlider(page);
  const startedAt = Date.now();
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByRole("heading", { name: "The board now" }).waitFor({ timeout: 20_000 });
  expect(Date.now() - startedAt).toBeGreaterThan(19 * 75);
  await page.getByRole("button", { name: "Play" }).waitFor();
  const values = await seen();
  expect([values[0], values.at(-1)]).toEqual([179, 199]);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(values.length).toBeGreaterThan(10);
  expect(await moment(page)).toBe("Now");
  expect(await rows(page)).toEqual(rowsOf(await read<PastBoard>("icpc?limit=100")));
});

it("plays from the beginning where one is at the end, and pauses where it is told to", async () => {
  const { page } = await visit("/boards/cup/race");
  const marks = await marksOf("cup");
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByRole("heading", { name: "The board on" }).waitFor();
  expect(await rows(page)).toEqual(rowsOf(await boardAt("cup", `seq=${marks[0]?.[1]}`)));
  await page.getByRole("button", { name: "Pause" }).click();
  const paused = await moment(page);
  await page.waitForURL((url) => url.searchParams.has("seq"));
  expect(await moment(page)).toBe(paused);
});

it("ends at the last moment asked for, however fast somebody drags, with few requests under way", async () => {
  const { page, complaints } = await visit("/boards/icpc/race");
  const marks = await marksOf("icpc");
  let asked = 0;
  let answer = () => {};
  const draggedOn = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route("**/at?**", async (route) => {
    asked++;
    await draggedOn;
    await route.continue();
  });
  await slider(page).scrollIntoViewIfNeeded();
  const box = (await slider(page).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width - 8, y);
  await page.mouse.down();
  for (let i = 100; i >= 30; i--) await page.mouse.move(box.x + (box.width * i) / 100, y);
  await page.mouse.up();
  await expect.poll(() => asked).toBe(3);
  answer();
  const index = Number(await slider(page).inputValue());
  expect(index).toBeGreaterThan(40);
  expect(index).toBeLessThan(80);
  const [at = 0, seq] = marks[index] ?? [];
  await page.getByRole("heading", { name: `The board on ${await written(page, at)}` }).waitFor();
  expect(await rows(page)).toEqual(rowsOf(await boardAt("icpc", `seq=${seq}`)));
  await page.waitForURL((url) => url.searchParams.get("seq") === String(seq));
  expect(asked).toBeLessThan(10);
  expect(complaints).toEqual([]);
});

it("works by keyboard alone", async () => {
  const { page } = await visit("/boards/icpc/race");
  const marks = await marksOf("icpc");
  const value = async () => Number(await slider(page).inputValue());
  const focused = (role: string) => page.locator(`${role}:focus`);
  const tabTo = async (role: string) => {
    for (let i = 0; i < 40 && (await focused(role).count()) === 0; i++) await page.keyboard.press("Tab");
    expect(await focused(role).count()).toBe(1);
  };
  await tabTo('[role="slider"]');
  for (const key of ["PageDown", "PageDown", "Enter"]) await page.keyboard.press(key);
  await page.getByRole("heading", { name: "The board on" }).waitFor();
  expect(await value()).toBeGreaterThan(0);
  const at = new URL(page.url()).searchParams;
  expect([...at.keys()].length).toBeLessThanOrEqual(1);
  await tabTo("ol button");
  expect(await page.locator("[data-series][opacity='1']").count()).toBe(1);
  await tabTo('input[type="range"]');
  await page.keyboard.press("Home");
  expect(await value()).toBe(0);
  await page.keyboard.press("ArrowRight");
  expect(await value()).toBe(1);
  expect(await moment(page)).toBe(await written(page, marks[1]?.[0] ?? 0));
  await page.keyboard.press("PageUp");
  expect(await value()).toBeGreaterThan(10);
  await page.keyboard.press("PageDown");
  expect(await value()).toBe(1);
  await page.keyboard.press("End");
  expect(await moment(page)).toBe("Now");
  await page.keyboard.press("ArrowLeft");
  expect(await value()).toBe(198);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Space");
  await page.getByRole("heading", { name: "The board now" }).waitFor();
});

it("shows how they stood where somebody points at the chart, and the board then where they click", async () => {
  const { page } = await visit("/boards/icpc/race");
  const box = (await page.locator('[role="slider"]').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.4, box.y + 100);
  await page.getByText(/^Those who lead now, on /).waitFor();
  expect(await page.getByRole("heading", { name: "The board now" }).count()).toBe(1);
  await page.mouse.click(box.x + box.width * 0.4, box.y + 100);
  await page.getByRole("heading", { name: "The board on" }).waitFor();
  await page.waitForURL((url) => url.searchParams.has("at"));
  const at = new URL(page.url()).searchParams.get("at") ?? "";
  expect(await moment(page)).toBe(await written(page, Date.parse(at)));
  expect(await rows(page)).toEqual(rowsOf(await boardAt("icpc", `time=${at}`)));
});

it("lets one line stand out for who points at its name, and keeps it for who clicks", async () => {
  const { page } = await visit("/boards/icpc/race");
  const strong = page.locator("[data-series][opacity='1']");
  expect(await strong.count()).toBe(10);
  const name = page.locator("ol button").nth(3);
  await name.hover();
  expect(await strong.count()).toBe(1);
  await name.click();
  await page.mouse.move(0, 0);
  await name.blur();
  expect(await strong.count()).toBe(1);
  expect(await name.getAttribute("aria-pressed")).toBe("true");
  await name.click();
  await page.mouse.move(0, 0);
  await name.blur();
  expect(await strong.count()).toBe(10);
});

it("saves the chart as a picture", async () => {
  const { page } = await visit("/boards/icpc/race");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as picture" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("The-contest-Scores-over-time.png");
  const bytes = await readFile(await download.path());
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(bytes.readUInt32BE(16)).toBeGreaterThan(1_000);
  expect(bytes.readUInt32BE(20)).toBeGreaterThan(600);
  expect(bytes.length).toBeGreaterThan(20_000);
});

it("goes on with the board: lines, legend and slider, but not for who looks back", async () => {
  const { page, complaints } = await visit("/boards/cup/race");
  const back = await visit("/boards/cup/race");
  await slider(back.page).fill("1");
  await back.page.getByRole("heading", { name: "The board on" }).waitFor();
  const before = await rows(back.page);
  await stage.post("cup", [{ player: "dora", name: "DORA", score: 999 }]);
  await page.getByRole("list").getByRole("button", { name: /DORA/ }).waitFor({ timeout: 15_000 });
  expect((await rows(page))[0]).toEqual(["1", "DORA", "999"]);
  expect(await page.locator('[data-series="dora"]').count()).toBe(1);
  expect(await slider(page).getAttribute("max")).toBe(await slider(page).inputValue());
  await back.page.getByRole("list").getByRole("button", { name: /DORA/ }).waitFor({ timeout: 15_000 });
  expect(await rows(back.page)).toEqual(before);
  expect(await slider(back.page).inputValue()).toBe("1");
  expect(complaints).toEqual([]);
});

describe.each([
  ["now", "/boards/icpc/race"],
  ["then", "/boards/icpc/race?seq=4000&player=nobody"],
])("of %s", (_name, path) => {
  it.each([
    ["en-US", 1_280],
    ["de-DE", 320],
  ])("has no accessibility violation in %s at %i pixels, and never scrolls sideways", async (locale, width) => {
    const { page, complaints } = await visit(path, { locale, viewport: { width, height: 800 } });
    await page.locator("summary").click();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      expect(await violations(page)).toEqual([]);
    }
    expect(await sideways(page)).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });
});

it("says plainly where there is no race, or not yet", async () => {
  await stage.createBoard({ id: "bare", name: "Bare" });
  const { page } = await stage.visit("/boards/bare/race");
  await page.getByText("No scores yet.").waitFor();
  await stage.post("bare", [{ player: "ada", name: "ADA", score: 7 }]);
  await page.getByText("There is one score so far.").waitFor({ timeout: 20_000 });
  expect(await rows(page)).toEqual([["1", "ADA", "7"]]);
  expect(await slider(page).count()).toBe(0);
  const missing = await stage.visit("/boards/none/race");
  await missing.page.getByRole("heading", { name: "There is no such board" }).waitFor();
  expect((await fetch(`${stage.server.url}/boards/none/race`)).status).toBe(404);
});

it.each(["at=yesterday", "seq=-1", "seq=1&seq=2", "at=2026-01-01T00:00:00Z&seq=3"])(
  "shows now, and says so, where the address asks for %s",
  async (query) => {
    const { page, complaints } = await visit(`/boards/cup/race?${query}`);
    await page.getByText("The address asks for a moment that there is not.").waitFor();
    await page.getByRole("heading", { name: "The board now" }).waitFor();
    await page.waitForURL((url) => url.search === "");
    expect(complaints).toEqual([]);
  },
);

it("keeps trying while the network is away, and says so, and comes to the moment asked for", async () => {
  const { page } = await visit("/boards/icpc/race");
  const [, seq] = (await marksOf("icpc"))[50] ?? [];
  await page.context().setOffline(true);
  await slider(page).fill("50");
  await page.getByText("The board of that moment cannot be loaded just now.").waitFor();
  await page.context().setOffline(false);
  const then = rowsOf(await boardAt("icpc", `seq=${seq}`));
  await expect.poll(() => rows(page), { timeout: 30_000 }).toEqual(then);
  expect(await page.getByText("The board of that moment cannot be loaded just now.").count()).toBe(0);
});

it("is linked from the board", async () => {
  const { page } = await stage.visit("/boards/cup");
  await page.getByRole("link", { name: "Race" }).click();
  await page.getByRole("heading", { name: "The race: Cup" }).waitFor();
  await page.getByRole("link", { name: "To the board" }).click();
  await page.getByRole("heading", { name: "Cup", exact: true }).waitFor();
});
