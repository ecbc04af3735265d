/** Everything on a board's page can be done by keyboard, by single keys for whoever wants them. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.createBoard({ id: "crowd" });
  const crowd = Array.from({ length: 250 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - i }));
  await stage.post("crowd", crowd);
});

afterAll(() => stage?.close());

async function visit(path = "/boards/crowd") {
  const visited = await stage.visit(path);
  await waitForKeys(visited.page);
  return visited;
}

/** A key pressed before the page's code runs is lost. */
async function waitForKeys(page: Page) {
  await expect
    .poll(async () => {
      await page.keyboard.press("?");
      return help(page).isVisible();
    })
    .toBe(true);
  await page.keyboard.press("Escape");
  await help(page).waitFor({ state: "detached" });
}

const help = (page: Page) => page.getByRole("dialog", { name: "View" });
const paused = (page: Page) => page.getByRole("region", { name: "Paused" });
const search = (page: Page) => page.getByRole("search", { name: "Find a player" });
/** Whatever a key does, it has done by then. */
const twoFrames = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Walks on until the focus is on what is called so. */
async function tabTo(page: Page, label: string) {
  for (let step = 0; step < 250; step++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute("aria-label") ?? element?.textContent;
    });
    if (focused === label) return;
  }
  throw new Error(`the focus never comes to "${label}"`);
}

it("finds, watches, jumps to and follows a player, pauses and asks for help without a mouse", async () => {
  const { page, complaints } = await visit();
  await page.keyboard.press("/");
  await search(page).locator("input:focus").waitFor();
  await page.keyboard.type("player 120");
  await search(page).getByText("1 player found").waitFor({ state: "attached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const watched = page.getByRole("region", { name: "Watched player" });
  await watched.getByText("Player 120").waitFor();

  await page.keyboard.press("j");
  const row = page.getByRole("row", { name: /Player 120/ });
  await expect.poll(() => row.evaluate((one) => one.getBoundingClientRect().top < innerHeight)).toBe(true);
  await page.waitForLoadState("networkidle");
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);

  await page.keyboard.press("t");
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  await page.keyboard.press("j");
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);

  await tabTo(page, "Follow Player 120");
  await page.keyboard.press("Space");
  await page.getByRole("list", { name: "1 player you follow" }).getByText("Player 120").waitFor();

  await page.keyboard.press("p");
  await paused(page).waitFor();
  await tabTo(page, "Resume");
  await page.keyboard.press("Enter");
  await paused(page).waitFor({ state: "detached" });

  await page.keyboard.press("?");
  await help(page).waitFor();
  await page.keyboard.press("p");
  await page.keyboard.press("Escape");
  await help(page).waitFor({ state: "detached" });
  expect(await paused(page).count()).toBe(0);
  expect(complaints).toEqual([]);
});

it("lists the keys, accessibly, wide and narrow, in light and dark", async () => {
  const { page } = await visit();
  await page.keyboard.press("?");
  await help(page).waitFor();
  expect(await help(page).locator("kbd").allTextContents()).toEqual(["/", "j", "p", "t", "?", "Esc"]);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 700 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    const { scrollWidth, clientWidth } = await help(page).evaluate((dialog) => dialog);
    expect(scrollWidth).toBe(clientWidth);
  }
  await help(page).getByRole("button", { name: "Close" }).click();
  await help(page).waitFor({ state: "detached" });
});

it("opens the search for whoever would jump and watches nobody", async () => {
  const { page } = await visit();
  await page.keyboard.press("j");
  await search(page).locator("input:focus").waitFor();
});

it("takes no key for a command that is typed into a field, or pressed with another", async () => {
  const { page } = await visit();
  await page.keyboard.press("/");
  await search(page).locator("input:focus").waitFor();
  await page.keyboard.type("jpt?/");
  expect(await search(page).getByRole("searchbox").inputValue()).toBe("jpt?/");
  await page.keyboard.press("Escape");
  await search(page).waitFor({ state: "detached" });
  for (const modifier of ["ctrlKey", "metaKey", "altKey", "shiftKey"]) {
    await page.evaluate((name) => {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "p", [name]: true, bubbles: true }));
    }, modifier);
  }
  await twoFrames(page);
  expect([await paused(page).count(), await help(page).count()]).toEqual([0, 0]);
});

it("has keys that can be turned off, in all tabs and for good, and on again", async () => {
  const { page } = await visit();
  const other = await page.context().newPage();
  await other.goto(`${stage.server.url}/boards/crowd`);
  await waitForKeys(other);
  await other.keyboard.press("p");
  await paused(other).waitFor();

  await page.keyboard.press("?");
  await help(page).getByRole("checkbox", { name: "Use these keys" }).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await help(page).waitFor({ state: "detached" });
  await other.locator("html[data-keys-off]").waitFor();
  await other.keyboard.press("p");
  await page.reload();
  await page.locator("html[data-keys-off]").waitFor();
  for (const key of ["p", "?", "/", "j"]) await page.keyboard.press(key);
  await Promise.all([twoFrames(page), twoFrames(other)]);
  expect(await Promise.all([paused(other).count(), paused(page).count()])).toEqual([1, 0]);
  expect([await help(page).count(), await search(page).count()]).toEqual([0, 0]);

  await page.getByRole("button", { name: "View" }).click();
  await help(page).getByRole("checkbox", { name: "Use these keys" }).check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await paused(page).waitFor();
});
