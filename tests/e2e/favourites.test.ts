/** The players somebody follows: beside the board, wherever they stand on it. */
import type { Locator, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { sideways } from "@/tests/support/layout";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

/** A board of 150 on which Player 3 and Player 120 are at ranks 4 and 121. */
async function open(board: string, settings: object = {}) {
  await stage.createBoard({ id: board, operator: "set", ...settings });
  const crowd = Array.from({ length: 150 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - 2 * i }));
  await stage.post(board, crowd);
  const visit = await stage.visit(`/boards/${board}`);
  await visit.page.waitForLoadState("networkidle");
  return visit;
}

async function followFromSearch(page: Page, name: string) {
  await page.getByRole("button", { name: "Find a player" }).click();
  const search = page.getByRole("search", { name: "Find a player" });
  await search.getByRole("searchbox").fill(name);
  await search.getByRole("button", { name: `Follow ${name}`, exact: true }).click();
  await page.keyboard.press("Escape");
}

const list = (page: Page) => page.getByRole("list", { name: /you follow$/ });
const lines = async (followed: Locator) => (await followed.getByRole("listitem").allTextContents()).join(" | ");

it("shows those who were picked in the search and beside the watched player, with rank and score, best first", async () => {
  const { page, complaints } = await open("shown");
  await followFromSearch(page, "Player 120");
  await expect.poll(() => lines(list(page))).toBe("121Player 120760");
  await page.getByRole("link", { name: "Player 3", exact: true }).click();
  const watched = page.getByRole("region", { name: "Watched player" });
  await watched.getByRole("button", { name: "Follow Player 3", exact: true }).click();
  await expect.poll(() => lines(list(page))).toBe("4Player 3994 | 121Player 120760");
  await watched.getByText("top 3%").waitFor();
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    expect(await sideways(page)).toBeLessThanOrEqual(0);
  }
  expect(complaints).toEqual([]);
});

it("keeps up with them: those on the page at once, the others within half a minute, with their arrows", async () => {
  const { page } = await open("moving", { delivery: "sse" });
  for (const name of ["Player 3", "Player 120"]) await followFromSearch(page, name);
  await expect.poll(() => lines(list(page))).toBe("4Player 3994 | 121Player 120760");
  await waitForStatus(page, "live");
  await stage.post("moving", [
    { player: "p3", score: 999 },
    { player: "p120", score: 763 },
  ]);
  const [first, second] = [list(page).getByRole("listitem").first(), list(page).getByRole("listitem").last()];
  await first.getByText("up 2 places").waitFor({ timeout: 3_000 });
  await second.getByText("up 1 place").waitFor({ timeout: 30_000 });
  expect(await lines(list(page))).toBe("2▲2up 2 placesPlayer 3999 | 120▲1up 1 placePlayer 120763");
});

it("asks the server about nobody who is on the page, and once about the others", async () => {
  const { page } = await open("spared");
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/api/v1/boards/spared/players/")) asked.push(pathname + search);
  });
  await followFromSearch(page, "Player 3");
  await list(page).getByText("994").waitFor();
  expect(asked).toEqual([]);
  await followFromSearch(page, "Player 120");
  await list(page).getByText("760").waitFor();
  expect(asked).toEqual(["/api/v1/boards/spared/players/p120?around=0"]);
});

it("remembers them, folded or not, in all tabs, until they are followed no more", async () => {
  const { page } = await open("kept");
  const other = await page.context().newPage();
  await other.goto(`${stage.server.url}/boards/kept`);
  await other.waitForLoadState("networkidle");
  await other.keyboard.press("Tab");
  for (const name of ["Player 3", "Player 120"]) await followFromSearch(page, name);
  await list(other).getByText("Player 120").waitFor();
  await page.getByText("2 players you follow").click();
  await list(page).waitFor({ state: "hidden" });
  await page.reload();
  await page.getByText("2 players you follow").waitFor();
  expect(await list(page).isVisible()).toBe(false);
  await list(other).waitFor({ state: "hidden" });
  await other.getByText("2 players you follow").click();
  for (const name of ["Player 3", "Player 120"]) {
    await list(other)
      .getByRole("button", { name: `Follow ${name}`, exact: true })
      .click();
  }
  await other.getByText("you follow").waitFor({ state: "detached" });
  await page.getByText("you follow").waitFor({ state: "detached" });
});

it("follows one board's players on that board alone, and says of somebody who is not there that it is so", async () => {
  const { page } = await open("strict");
  await page.evaluate(() => localStorage.setItem("rungs:follow:strict", '{"players":["nobody/here?","p3"]}'));
  await page.reload();
  await expect.poll(() => lines(list(page))).toBe("4Player 3994 | nobody/here?not here");
  await page.goto(`${stage.server.url}/boards/sample`);
  await page.waitForLoadState("networkidle");
  expect(await page.getByText("you follow").count()).toBe(0);
});

it.each([
  ["spoilt", () => localStorage.setItem("rungs:follow:frail-spoilt", '{"players":[{}, 7')],
  [
    "denied",
    () =>
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("denied", "SecurityError");
        },
      }),
  ],
] as const)("works as long as the page is open where storage is %s", async (kind, spoil) => {
  const board = `frail-${kind}`;
  const { page: first } = await open(board);
  await first.close();
  const context = await stage.browser.newContext();
  await context.addInitScript(spoil);
  const page = await context.newPage();
  const broken: string[] = [];
  page.on("pageerror", (error) => broken.push(error.message));
  await page.goto(`${stage.server.url}/boards/${board}`);
  await page.waitForLoadState("networkidle");
  await followFromSearch(page, "Player 3");
  await expect.poll(() => lines(list(page))).toBe("4Player 3994");
  await page.keyboard.press("p");
  await page.getByRole("region", { name: "Paused" }).waitFor();
  expect(broken).toEqual([]);
  await context.close();
});
