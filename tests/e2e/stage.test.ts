import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { redisUrl } from "@/tests/support/redis";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";

let stage: Stage;
let dataDir: string;
let restarted: RungsServer | undefined;

const crowd = Array.from({ length: 60 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - i }));

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "rungs-test-"));
  stage = await openStage({ dataDir });
  await stage.createBoard({ id: "hall", name: "Hall of names", delivery: "sse" });
  await stage.post("hall", crowd);
});

afterAll(async () => {
  await stage?.close();
  await restarted?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const hall = { viewport: { width: 1920, height: 1080 } };

it("shows the first three and the others in turns, without the site around and without scrolling", async () => {
  const { page, complaints } = await stage.visit("/boards/hall/stage", hall);
  await waitForStatus(page, "live");
  const podium = page.getByRole("list", { name: "The first three" });
  expect(await podium.getByRole("listitem").allTextContents()).toEqual([
    "1Player 01,000",
    "2Player 1999",
    "3Player 2998",
  ]);
  expect(await page.getByRole("navigation").count()).toBe(0);
  const shown = page.getByText(/^Places \d+ to \d+ of 60$/);
  const first = await shown.textContent();
  expect(first).toMatch(/^Places 4 to /);
  const rows = page.locator("tbody tr");
  const lastRow = await rows.last().boundingBox();
  expect((lastRow?.y ?? 9_999) + (lastRow?.height ?? 0)).toBeLessThan(1_080);
  await expect.poll(() => shown.textContent(), { timeout: 12_000 }).not.toBe(first);
  expect(
    await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]),
  ).toEqual([1_920, 1_080]);
  expect(complaints).toEqual([]);
});

it("leads there by a link that a camera can read", async () => {
  const { page } = await stage.visit("/boards/hall/stage", hall);
  const code = page.getByRole("img", { name: "QR code of the board's address" });
  expect(await code.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
  expect(await page.getByText(`/boards/hall`).textContent()).toContain("/boards/hall");
});

it("waits where there is no score yet, and says so where there is no such board", async () => {
  await stage.createBoard({ id: "bare" });
  const { page } = await stage.visit("/boards/bare/stage", hall);
  await page.getByText("Waiting for the first score").waitFor();
  await stage.post("bare", [{ player: "ada", name: "ADA", score: 7 }]);
  await page.getByRole("list", { name: "The first three" }).getByText("ADA").waitFor({ timeout: 7_000 });
  const missing = await stage.visit("/boards/none/stage");
  await missing.page.getByRole("heading", { name: "There is no such board" }).waitFor();
});

it("lies over a video with nothing behind it, as many rows as asked for", async () => {
  const { page } = await stage.visit("/boards/hall/overlay?rows=5&theme=light", { colorScheme: "dark" });
  expect(await page.locator("tbody tr").count()).toBe(5);
  const backgrounds = await page.evaluate(() =>
    [document.documentElement, document.body].map((element) => getComputedStyle(element).backgroundColor),
  );
  expect(backgrounds).toEqual(["rgba(0, 0, 0, 0)", "rgba(0, 0, 0, 0)"]);
  expect(await page.locator("h1").evaluate((title) => getComputedStyle(title).color)).toBe("rgb(22, 33, 30)");
  const nonsense = await stage.visit("/boards/hall/overlay?rows=-1&theme=plaid");
  expect(await nonsense.page.locator("tbody tr").count()).toBe(10);
});

it("follows the board by stream, and on through a server that is killed and started again", async () => {
  const { page } = await stage.visit("/boards/hall/stage", hall);
  await waitForStatus(page, "live");
  const podium = page.getByRole("list", { name: "The first three" });
  await stage.post("hall", [{ player: "p40", score: 5_000 }]);
  await podium.getByText("Player 40").waitFor({ timeout: 2_000 });
  stage.server.kill("SIGKILL");
  await stage.server.ended;
  await page.locator('[data-status="reconnecting"], [data-status="stale"]').waitFor({ timeout: 40_000 });
  expect(await podium.getByRole("listitem").count()).toBe(3);
  const { port } = new URL(stage.server.url);
  const env = { PORT: port, DATABASE_URL: stage.server.databaseUrl, REDIS_URL: redisUrl() };
  restarted = await startRungs({ dataDir, env });
  await waitForStatus(page, "live", 60_000);
  await stage.post("hall", [{ player: "p41", score: 6_000 }]);
  await podium.getByText("Player 41").waitFor({ timeout: 6_000 });
});
