/** Parts of a page whose code comes later: what the server wrote of them is there all along, and then comes to life. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fillSite } from "@/tests/support/site-content";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await fillSite(stage);
  await stage.createBoard({ id: "long", name: "Long" });
  const players = Array.from({ length: 150 }, (_, i) => ({ player: `p${i}`, score: i }));
  await stage.post("long", players);
});

afterAll(() => stage?.close());

/** Opens a page whose scripts beyond those in its HTML come only when they are let through. */
async function visitSlowly(path: string) {
  const { page, complaints } = await stage.visit("/no/such/page");
  const html = await (await fetch(stage.server.url + path)).text();
  let letThrough = () => {};
  const open = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  let held = 0;
  await page.route("**/_next/static/**/*.js", async (route) => {
    if (!html.includes(new URL(route.request().url()).pathname)) {
      held++;
      await open;
    }
    await route.continue();
  });
  complaints.length = 0;
  const polled = page.waitForResponse((response) => response.url().includes("/api/v1/boards/"));
  await page.goto(stage.server.url + path);
  await polled;
  await expect.poll(() => held).toBeGreaterThan(0);
  return { page, complaints, letThrough };
}

it.each([
  ["a watched player", "/boards/grand-prix?player=edsger", (page: Page) => page.getByText("to #2")],
  ["how to fill an empty board", "/boards/autumn-cup", (page: Page) => page.getByText("No scores yet")],
  ["the way to the next page", "/boards/long", (page: Page) => page.getByRole("link", { name: "Next" })],
])("of %s nothing is taken away before", async (_name, path, part) => {
  const { page, complaints, letThrough } = await visitSlowly(path);
  expect(await part(page).count()).toBe(1);
  letThrough();
  await page.waitForLoadState("networkidle");
  expect(await part(page).count()).toBe(1);
  expect(complaints).toEqual([]);
});

it("a watched player's standing is today's once its code has come", async () => {
  const { page, complaints, letThrough } = await visitSlowly("/boards/ties?player=p5");
  await page.getByText("10 to #3").waitFor();
  await stage.post("ties", [{ player: "p5", score: 77 }]);
  await page.getByRole("row", { name: "77" }).waitFor();
  expect(await page.getByText("10 to #3").count()).toBe(1);
  letThrough();
  await page.getByText("3 to #3").waitFor();
  expect(complaints).toEqual([]);
});
