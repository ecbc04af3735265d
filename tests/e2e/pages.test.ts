import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  const tiebreaks = [{ name: "penaltyMinutes", order: "asc" }];
  await stage.createBoard({ id: "full", name: "The long and winding championship of everything", tiebreaks });
  const names = ["Ada", "مريم ميرزاخاني", "👩‍🚀 Valentina", "名無しの権兵衛", "x".repeat(128), "A B ".repeat(32)];
  const scores = names.map((name, i) => ({ player: `p${i}`, name, score: 9_000_000_000_000 - i, tiebreaks: [i] }));
  await stage.post("full", scores);
});

afterAll(() => stage?.close());

const pages = [
  ["front page", "/"],
  ["board", "/boards/full?player=p4"],
  ["empty board", "/boards/sample"],
  ["missing board", "/boards/none"],
  ["missing page", "/no/such/page"],
  ["sign-in", "/sign-in"],
  ["join", "/join?token=abc"],
  ["settings", "/settings"],
  ["settings of a board", "/settings/boards/full"],
] as const;

/** Signed in where the page asks for it. */
async function visit(path: string) {
  const signedIn = path.startsWith("/settings");
  const visit = await stage.visit(
    path,
    signedIn ? { storageState: await stage.organizer.context().storageState() } : {},
  );
  await visit.page.waitForLoadState("networkidle");
  return visit;
}

describe.each(pages)("the %s", (_name, path) => {
  it("has no accessibility violation in light and dark, wide and narrow, and never scrolls sideways", async () => {
    const { page, complaints } = await visit(path);
    for (const summary of await page.locator("summary").all()) await summary.click();
    for (const width of [1440, 320]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page)).toEqual([]);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    expect(complaints.filter((text) => !text.includes("status of 404"))).toEqual([]);
    await page.context().close();
  });
});

it("answers 404 for what is not there", async () => {
  for (const path of ["/boards/none", "/boards/NOT%20an%20id", "/no/such/page"]) {
    expect((await fetch(stage.server.url + path)).status).toBe(404);
  }
});

it("is rendered on the server, table and all", async () => {
  const html = await (await fetch(`${stage.server.url}/boards/full`)).text();
  expect(html).toContain("👩‍🚀 Valentina");
  expect(html).toContain("8,999,999,999,999");
});

it("remembers a chosen theme, and has it in the first byte of the next page", async () => {
  const { page } = await stage.visit("/", { colorScheme: "light" });
  await page.getByLabel("Dark").check({ force: true });
  expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe("dark");
  const html = await (await page.request.get(stage.server.url)).text();
  expect(html).toMatch(/<html[^>]* data-theme="dark"/);
  await page.getByLabel("System").check({ force: true });
  expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe("light dark");
});

it("works by keyboard: skip link, then the players", async () => {
  const { page } = await stage.visit("/boards/full");
  await waitForStatus(page, "polling");
  await page.keyboard.press("Tab");
  expect(await focusedText(page)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await focusedText(page)).toBe("Ada");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Watched player" }).getByText("Ada").waitFor();
});

it("writes numbers as the viewer's language does", async () => {
  const { page } = await stage.visit("/boards/full", { locale: "de-DE" });
  await page.getByText("9.000.000.000.000").waitFor();
});

function focusedText(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.textContent);
}
