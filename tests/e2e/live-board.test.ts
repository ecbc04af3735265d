import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { redisUrl } from "@/tests/support/redis";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";

let stage: Stage;
let dataDir: string;
let restarted: RungsServer | undefined;

const cast = ["ada", "bob", "cat"].map((player, i) => ({ player, name: player.toUpperCase(), score: 30 - 10 * i }));

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "rungs-test-"));
  stage = await openStage({ dataDir });
});

afterAll(async () => {
  await stage?.close();
  await restarted?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it("shows a score that somebody posts within 6 seconds by polling, with the arrow of the move", async () => {
  await stage.createBoard({ id: "polled" });
  await stage.post("polled", cast);
  const { page, complaints } = await stage.visit("/boards/polled");
  await waitForOrder(page, ["ADA", "BOB", "CAT"], 6_000);
  await waitForStatus(page, "polling");
  await stage.post("polled", [{ player: "cat", score: 99 }]);
  await waitForOrder(page, ["CAT", "ADA", "BOB"], 6_000);
  await page.getByRole("row", { name: /CAT/ }).getByText("up 2 places").waitFor();
  expect(complaints).toEqual([]);
});

it("shows it at once by streaming, and touches no row that did not change", async () => {
  await stage.createBoard({ id: "streamed", delivery: "sse" });
  await stage.post("streamed", cast);
  const { page, complaints } = await stage.visit("/boards/streamed");
  await waitForStatus(page, "live");
  await page.evaluate(() => {
    const touched = new Set<string>();
    const observer = new MutationObserver((records) => {
      for (const { target } of records) {
        const row = (target instanceof Element ? target : target.parentElement)?.closest("tr");
        touched.add(row?.querySelector("a")?.textContent ?? "the table");
      }
    });
    const body = document.querySelector("tbody");
    if (body) observer.observe(body, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(window, { touched });
  });
  await stage.post("streamed", [{ player: "cat", score: 11 }]);
  await page.getByRole("row", { name: /CAT/ }).getByText("11").waitFor({ timeout: 1_500 });
  const touched = await page.evaluate(() => [...(window as unknown as { touched: Set<string> }).touched]);
  expect(touched).toEqual(["CAT"]);
  expect(complaints).toEqual([]);
});

it("follows the organizer's switch both ways without a reload", async () => {
  await stage.createBoard({ id: "switched" });
  await stage.post("switched", cast);
  const { page } = await stage.visit("/boards/switched");
  await waitForStatus(page, "polling");
  await page.evaluate(() => Object.assign(window, { notReloaded: true }));
  await stage.ask("PATCH", "/api/v1/boards/switched", { delivery: "sse" });
  await waitForStatus(page, "live", 7_000);
  await stage.ask("PATCH", "/api/v1/boards/switched", { delivery: "polling" });
  await waitForStatus(page, "polling", 7_000);
  await stage.post("switched", [{ player: "bob", score: 77 }]);
  await waitForOrder(page, ["BOB", "ADA", "CAT"], 6_000);
  expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
});

it("keeps the focus on a player whose row moves", async () => {
  await stage.createBoard({ id: "focused", delivery: "sse" });
  await stage.post("focused", cast);
  const { page } = await stage.visit("/boards/focused");
  await waitForStatus(page, "live");
  await page.getByRole("link", { name: "ADA" }).focus();
  await stage.post("focused", [{ player: "cat", score: 99 }]);
  await waitForOrder(page, ["CAT", "ADA", "BOB"], 5_000);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("ADA");
});

it("pins a watched player with the gap to the next place, wherever on the board it stands", async () => {
  await stage.createBoard({ id: "watched", delivery: "sse" });
  const crowd = Array.from({ length: 150 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - 2 * i }));
  await stage.post("watched", crowd);
  const { page } = await stage.visit("/boards/watched?player=p120");
  const pinned = page.getByRole("region", { name: "Watched player" });
  await pinned.getByText("2 to #120 Player 119").waitFor();
  await stage.post("watched", [{ player: "p120", score: 763 }]);
  await pinned.getByText("763").last().waitFor({ timeout: 5_000 });
  await page.getByRole("link", { name: "Player 3", exact: true }).click();
  await pinned.getByText("2 to #3 Player 2").waitFor();
  expect(new URL(page.url()).searchParams.get("player")).toBe("p3");
  await pinned.getByRole("link", { name: "Stop watching" }).click();
  await pinned.waitFor({ state: "detached" });
});

it("goes on below what the stream covers, by polling, and says so", async () => {
  const { page } = await stage.visit("/boards/watched");
  await waitForStatus(page, "live");
  await page.getByRole("link", { name: "Next" }).click();
  await page.getByRole("navigation", { name: "Pages" }).getByText("of 150").waitFor();
  await waitForStatus(page, "polling");
  await stage.post("watched", [{ player: "p149", name: "Late riser", score: 791 }]);
  await page.getByRole("link", { name: "Late riser" }).waitFor({ timeout: 6_000 });
});

it("tells the truth about its connection while the server is killed and started again", async () => {
  const { page } = await stage.visit("/boards/streamed");
  const { page: polling } = await stage.visit("/boards/polled");
  await waitForStatus(page, "live");
  stage.server.kill("SIGKILL");
  await stage.server.ended;
  await Promise.all([waitForStatus(page, "reconnecting", 5_000), waitForStatus(polling, "reconnecting", 7_000)]);
  await Promise.all([waitForStatus(page, "stale", 20_000), waitForStatus(polling, "stale", 20_000)]);
  await page.getByText("The server cannot be reached").waitFor();
  const { port } = new URL(stage.server.url);
  const env = { PORT: port, DATABASE_URL: stage.server.databaseUrl, REDIS_URL: redisUrl() };
  restarted = await startRungs({ dataDir, env });
  await Promise.all([waitForStatus(page, "live", 25_000), waitForStatus(polling, "polling", 25_000)]);
  await stage.post("streamed", [{ player: "bob", score: 500 }]);
  await waitForOrder(page, ["BOB", "ADA", "CAT"], 2_000);
});
