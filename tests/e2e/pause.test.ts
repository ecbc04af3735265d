/** A viewer stops a board's page, and has it go on. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { cast, openCast } from "@/tests/support/cast";
import { sideways } from "@/tests/support/layout";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

const open = (board: string, settings?: object) => openCast(stage, board, settings);

const paused = (page: Page) => page.getByRole("region", { name: "Paused" });
const names = (page: Page) => page.locator("tbody a").allTextContents();

it("stands still and counts what waits, stays connected, and goes on from the newest state", async () => {
  const { page, complaints } = await open("streamed", { delivery: "sse" });
  await waitForStatus(page, "live");
  await page.keyboard.press("p");
  await paused(page).waitFor();
  await page.getByRole("status").getByText("Paused. The standings stand still").waitFor({ state: "attached" });
  await stage.post("streamed", [{ player: "cat", score: 99 }]);
  await paused(page).getByText("1 change waiting").waitFor();
  await stage.post("streamed", [
    { player: "bob", score: 98 },
    { player: "dan", name: "DAN", score: 1 },
  ]);
  await paused(page).getByText("3 changes waiting").waitFor();
  expect(await names(page)).toEqual(["ADA", "BOB", "CAT"]);
  await page.getByText("3 players").waitFor();
  await waitForStatus(page, "live");
  await page.keyboard.press("p");
  await waitForOrder(page, ["CAT", "BOB", "ADA", "DAN"], 1_000);
  await page.getByRole("row", { name: /CAT/ }).getByText("up 2 places").waitFor();
  await page.getByRole("status").getByText("Resumed.").waitFor({ state: "attached" });
  expect(await paused(page).count()).toBe(0);
  expect(complaints).toEqual([]);
});

it("does so by a button as well, says truly how old what it shows is, and leaves the focus where it was", async () => {
  const { page } = await open("polled");
  await page.getByRole("button", { name: "Pause" }).click();
  await paused(page).waitFor();
  await stage.post("polled", [{ player: "cat", score: 99 }]);
  await paused(page).getByText("1 change waiting").waitFor({ timeout: 7_000 });
  await page.getByText(/^updated [4-9] s ago$/).waitFor();
  await waitForStatus(page, "polling");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await paused(page).getByRole("button", { name: "Resume" }).focus();
  await page.keyboard.press("Enter");
  await waitForOrder(page, ["CAT", "ADA", "BOB"], 1_000);
  await page.getByRole("button", { name: "Pause" }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("dock");
});

it("is forgotten with the page", async () => {
  const { page } = await open("forgotten");
  await page.keyboard.press("p");
  await paused(page).waitFor();
  await page.reload();
  await waitForStatus(page, "polling");
  await stage.post("forgotten", [{ player: "cat", score: 99 }]);
  await waitForOrder(page, ["CAT", "ADA", "BOB"], 7_000);
  expect(await paused(page).count()).toBe(0);
});

it("fits on a narrow screen beside a watched player, in German", async () => {
  await stage.createBoard({ id: "schmal" });
  await stage.post("schmal", cast);
  const { page } = await stage.visit("/boards/schmal?player=bob", {
    locale: "de-DE",
    viewport: { width: 320, height: 640 },
  });
  await page.waitForLoadState("networkidle");
  await page.keyboard.press("p");
  const bar = page.getByRole("region", { name: "Angehalten" });
  const watched = page.getByRole("region", { name: "Beobachteter Spieler" });
  await Promise.all([bar.waitFor(), watched.waitFor()]);
  const [upper, lower] = [await bar.boundingBox(), await watched.boundingBox()];
  expect((upper?.y ?? 0) + (upper?.height ?? 0)).toBeLessThanOrEqual(lower?.y ?? 0);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
});
