import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { sideways } from "@/tests/support/layout";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

const crowd = Array.from({ length: 30 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - i }));

beforeAll(async () => {
  stage = await openStage();
  await stage.createBoard({ id: "cup", name: "Autumn Cup", delivery: "sse" });
  await stage.createBoard({ id: "polled", name: "Polled" });
  await stage.createBoard({ id: "bare", name: "A board without a score and with quite a name" });
  await stage.post("cup", crowd);
  await stage.post("polled", crowd.slice(0, 3));
});

afterAll(() => stage?.close());

it("has the rows and the looks that its address asks for, and the usual ones for nonsense", async () => {
  const look = async (query: string, colorScheme: "light" | "dark") => {
    const { page } = await stage.visit(`/boards/cup/embed${query}`, { colorScheme });
    const background = await page.evaluate(
      () => getComputedStyle(document.querySelector("[data-embed]") as Element).backgroundColor,
    );
    return [await page.locator("tbody tr").count(), background];
  };
  const [white, black] = ["rgb(255, 255, 255)", "rgb(22, 27, 26)"];
  expect(await look("?rows=3&theme=light", "dark")).toEqual([3, white]);
  expect(await look("?rows=100&theme=dark", "light")).toEqual([30, black]);
  expect(await look("?theme=auto", "dark")).toEqual([10, black]);
  expect(await look("?rows=-1&theme=plaid&player=%00", "light")).toEqual([10, white]);
});

it("is rendered on the server, without the site around", async () => {
  const html = await (await fetch(`${stage.server.url}/boards/cup/embed`)).text();
  expect(html).toContain("Player 1<");
  const { page } = await stage.visit("/boards/cup/embed");
  expect(await page.getByRole("navigation").count()).toBe(0);
  expect(await page.getByRole("heading").allTextContents()).toEqual(["Autumn Cup"]);
  expect(await page.getByRole("table", { name: "Standings of Autumn Cup" }).getByRole("columnheader").count()).toBe(3);
  await waitForStatus(page, "live");
});

it("follows nothing while nobody can see it, and is right again at once", async () => {
  const { page } = await stage.visit("/healthz");
  await page.clock.install();
  await page.goto(`${stage.server.url}/boards/polled/embed`);
  await waitForStatus(page, "polling");
  const polls: string[] = [];
  page.on("request", (request) => request.url().includes("/api/v1/boards/polled") && polls.push(request.url()));
  const untilPolls = page.waitForRequest(/api\/v1\/boards\/polled/);
  await page.clock.runFor(6_000);
  await untilPolls;
  await hide(page, true);
  polls.length = 0;
  await stage.post("polled", [{ player: "p0", score: 77_777 }]);
  await page.clock.runFor(40_000);
  expect(polls).toEqual([]);
  await hide(page, false);
  await page.locator("tbody tr:first-child th", { hasText: "Player 0" }).waitFor({ timeout: 2_000 });
});

it.each(["/boards/cup/embed?player=p2", "/boards/bare/embed", "/boards/cup/embed?theme=dark"])(
  "%s has no accessibility violation in light and dark, English and German, and no sideways scroll from 280 pixels on",
  async (path) => {
    for (const locale of ["en-GB", "de-DE"]) {
      const { page } = await stage.visit(path, { locale });
      await page.waitForLoadState("networkidle");
      for (const width of [1_280, 480, 280]) {
        await page.setViewportSize({ width, height: 520 });
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          expect(await violations(page)).toEqual([]);
        }
        expect(await sideways(page)).toBeLessThanOrEqual(0);
      }
      await page.context().close();
    }
  },
);

/** As a browser tells a page whose tab goes to the back, or comes to the front. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((now) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => now });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (now ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
