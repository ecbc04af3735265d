import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.createBoard({ id: "crowd" });
  const crowd = Array.from({ length: 250 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - i }));
  await stage.post("crowd", [...crowd, { player: "zoe", name: "Zoë Ångström", score: 1 }]);
});

afterAll(() => stage?.close());

/** By the key, once the page listens. */
async function openSearch(page: Page) {
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("/");
  const search = page.getByRole("search", { name: "Find a player" });
  await search.locator("input:focus").waitFor();
  return search;
}

const watched = (page: { url(): string }) => new URL(page.url()).searchParams.get("player");

it("finds a player of the whole board by keyboard alone, and watches it", async () => {
  const { page, complaints } = await stage.visit("/boards/crowd");
  const search = await openSearch(page);
  await page.getByRole("button", { name: "Find a player" }).waitFor({ state: "hidden" });
  await page.keyboard.type("zo");
  await search.getByRole("status").getByText("1 player found").waitFor({ state: "attached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Watched player" }).getByText("Zoë Ångström").waitFor();
  expect(watched(page)).toBe("zoe");
  await search.waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
});

it("shows ranks and scores, says when nobody is found, and gives the focus back", async () => {
  const { page } = await stage.visit("/boards/crowd");
  await page.getByRole("button", { name: "Find a player" }).click();
  const search = page.getByRole("search", { name: "Find a player" });
  const field = search.getByRole("searchbox");
  await field.fill("player 24");
  const hits = search.getByRole("listitem");
  await expect.poll(() => hits.count()).toBe(8);
  expect(await hits.first().textContent()).toBe("25Player 24976");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await field.fill("nobody at all");
  await search.getByText("Nobody's name or id begins like that.").waitFor();
  await page.keyboard.press("Escape");
  await search.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Find a player");
  expect(watched(page)).toBe(null);
});

it("keeps what was typed as it is: no character of it is a wildcard or breaks the address", async () => {
  const { page, complaints } = await stage.visit("/boards/crowd");
  const search = await openSearch(page);
  for (const text of ["%", "_layer", "a&q=p", "\\"]) {
    await search.getByRole("searchbox").fill(text);
    await search.getByText("Nobody's name or id begins like that.").waitFor();
    await search.getByRole("searchbox").fill("zo");
    await search.getByText("1 player found").waitFor({ state: "attached" });
  }
  expect(complaints).toEqual([]);
});
