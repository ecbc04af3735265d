/**
 * The states a board can be in, each brought about for real, and each looked at narrow and wide: what it says, whether
 * everything has its place (tests/support/layout.ts), and whether it still looks like the picture in docs/screenshots. Where
 * it is meant to look different, `npm run screenshots` takes the pictures anew.
 */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contextFor, photograph, pictureName, picturesFolder, shotsOf } from "@/tests/screenshots/camera";
import { violations } from "@/tests/support/axe";
import { layoutProblems } from "@/tests/support/layout";
import { difference } from "@/tests/support/likeness";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";
import { addDoomed, addMillion, fillSite, namesOfAllKinds } from "@/tests/support/site-content";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await fillSite(stage);
});

afterAll(() => stage?.close());

const narrow = { ...contextFor({ width: 360, dark: false }), viewport: { width: 320, height: 640 } };
/** Of a picture. Seconds that are told and a machine's own fonts make up to 0.002, medals without their colours 0.02. */
const differenceMax = 0.008;
/** Of a picture with scripts that the site's font does not have. */
const foreignMax = 0.1;
const strangePictures = "node_modules/.cache/rungs/pictures";

/** At the widths of a small phone, a phone and a laptop. */
async function hasItsPlace(page: Page): Promise<void> {
  for (const width of [320, 360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect([width, await layoutProblems(page)]).toEqual([width, []]);
  }
}

/** @param picture the name of the one it should look like */
async function looksRight(page: Page, picture?: string): Promise<void> {
  await hasItsPlace(page);
  if (picture) await looksLike(page, picture);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
}

async function looksLike(page: Page, name: string, max = differenceMax): Promise<void> {
  for (const shot of shotsOf({})) {
    await page.setViewportSize(contextFor(shot).viewport);
    const file = pictureName(name, shot);
    const picture = await photograph(page);
    const differing = await difference(stage.browser, [picture, await readFile(`${picturesFolder}/${file}`)]);
    if (differing <= max) continue;
    await mkdir(strangePictures, { recursive: true });
    await writeFile(`${strangePictures}/${file}`, picture);
    expect.fail(
      `${(differing * 100).toFixed(1)} % of ${strangePictures}/${file} differ from ${picturesFolder}/${file}`,
    );
  }
}

const notice = (page: Page, text: string) => page.getByText(text);

describe("an empty board", () => {
  it("shows the command that fills it, which does so when it is run, and the page follows by itself", async () => {
    const { page, complaints } = await stage.visit("/boards/autumn-cup", narrow);
    await page.getByRole("heading", { name: "No scores yet" }).waitFor();
    await waitForStatus(page, "polling");
    await looksRight(page, "board-empty");
    const command = (await page.getByRole("region", { name: "Command that posts a score" }).textContent()) ?? "";
    expect(command).toMatch(/^curl http:\/\/localhost:\d+\/api\/v1\/boards\/autumn-cup\/scores/);
    await promisify(execFile)("/bin/sh", ["-c", command.replace("YOUR_KEY", stage.key)]);
    await waitForOrder(page, ["Ada"], 7_000);
    await page.getByRole("row", { name: /Ada.*42/ }).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe("a board that is not there", () => {
  it("is said not to be, with a way back to those that are", async () => {
    const { page } = await stage.visit("/boards/none", narrow);
    await page.getByRole("heading", { name: "There is no such board" }).waitFor();
    await looksRight(page, "board-missing");
    await page.getByRole("link", { name: "See all boards" }).click();
    await page.getByRole("heading", { name: "Every place counts." }).waitFor();
  });

  it("is said to be gone when it was open, and its last standings stay", async () => {
    await addDoomed(stage);
    const { page } = await stage.visit("/boards/doomed", narrow);
    await waitForStatus(page, "polling");
    await stage.ask("DELETE", "/api/v1/boards/doomed");
    await notice(page, "This board has been removed.").waitFor({ timeout: 8_000 });
    await waitForOrder(page, ["Ada"], 1_000);
    await looksRight(page, "board-removed");
  });
});

describe("names", () => {
  it("of every script, direction and length have their place, and are there as they were posted", async () => {
    const { page, complaints } = await stage.visit("/boards/names", narrow);
    await waitForStatus(page, "polling");
    expect(await page.locator("tbody bdi").allTextContents()).toEqual(namesOfAllKinds);
    await looksRight(page);
    expect(complaints).toEqual([]);
  });

  it("do so when they are watched, where the next one is as long, and on the big screen", async () => {
    for (const player of ["p1", "p8", "p9"]) {
      const { page } = await stage.visit(`/boards/names?player=${player}`, narrow);
      await page.getByRole("region", { name: "Watched player" }).waitFor();
      await hasItsPlace(page);
      if (player === "p8") await looksLike(page, "board-names", foreignMax);
    }
    const { page } = await stage.visit("/boards/names/stage", narrow);
    await waitForStatus(page, "polling");
    await hasItsPlace(page);
  });
});

describe("ties", () => {
  it("share a rank, which is marked and said, and the next one is as many places further down", async () => {
    const { page } = await stage.visit("/boards/ties", narrow);
    await waitForStatus(page, "polling");
    const ranks = await page.locator("tbody td:first-child").allInnerTexts();
    expect(ranks.map((text) => text.replace(/\s+/g, ""))).toEqual([
      ...["=1,shared", "=1,shared", "=3,shared", "=3,shared", "=3,shared"],
      ...["6", "=7,shared", "=7,shared"],
    ]);
    await looksRight(page, "board-ties");
  });
});

describe("one player alone", () => {
  it("is counted as one, leads, and when watched has nobody to catch up with", async () => {
    const { page } = await stage.visit("/boards/solo?player=ada", narrow);
    const pinned = page.getByRole("region", { name: "Watched player" });
    await pinned.getByText("In the lead").waitFor();
    expect(await page.getByText(/^1 player/).count()).toBe(1);
    expect(await page.locator("tbody tr").count()).toBe(1);
    expect(await page.getByRole("navigation", { name: "Pages" }).count()).toBe(0);
    await looksRight(page, "board-one-player");
  });
});

describe("a million players", () => {
  it("are scrolled through, searched and watched like ten", { timeout: 180_000 }, async () => {
    await addMillion(stage, stage.server.databaseUrl ?? "");
    const { page, complaints } = await stage.visit("/boards/million?player=player-500000", narrow);
    // From Postgres at first, until the index is built.
    await waitForStatus(page, "polling", 120_000);
    // What Postgres alone cannot tell in time is refused until then, and asked again.
    expect(complaints.splice(0).filter((text) => !text.includes("status of 503"))).toEqual([]);
    await page.getByText("1,000,000 players").waitFor();
    await page.getByText("1–100 of 1,000,000").waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    const pinned = page.getByRole("region", { name: "Watched player" });
    await pinned.getByText("500,000 of 1,000,000").waitFor();
    await pinned.getByText("10 to #499,999 Player 499999").waitFor();
    await hasItsPlace(page);
    await looksLike(page, "board-million");
    await page.getByRole("button", { name: "Find a player" }).click();
    await page.getByRole("searchbox").fill("player 999999");
    await page.getByRole("search").getByText("999,999", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("search").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Last" }).click();
    await page.getByRole("row", { name: /Player 999901/ }).waitFor();
    await page.keyboard.press("End");
    await page.getByRole("row", { name: /Player 1000000/ }).waitFor();
    await page.getByText("–1,000,000 of 1,000,000").waitFor();
    await hasItsPlace(page);
    expect(complaints).toEqual([]);
  });
});

describe("without a network", () => {
  it("the page says that it is offline, keeps what it has, and goes on when it is back", async () => {
    const { page } = await stage.visit("/boards/ties", narrow);
    await waitForStatus(page, "polling");
    await page.context().setOffline(true);
    await notice(page, "You are offline.").waitFor({ timeout: 15_000 });
    await waitForStatus(page, "stale", 40_000);
    expect(await page.locator("tbody tr").count()).toBe(8);
    await looksRight(page, "board-offline");
    await page.context().setOffline(false);
    await waitForStatus(page, "polling", 30_000);
    expect(await notice(page, "You are offline.").count()).toBe(0);
  });
});

describe("a connection that is there and carries nothing", () => {
  it("is found out: neither page calls what it shows current, and both go on when the server does", async () => {
    const { page: polling } = await stage.visit("/boards/ties", narrow);
    const { page: streaming } = await stage.visit("/boards/grand-prix", narrow);
    const { page: front } = await stage.visit("/", narrow);
    await Promise.all([waitForStatus(polling, "polling"), waitForStatus(streaming, "live")]);
    await front
      .getByRole("status")
      .getByText(/\d boards/)
      .waitFor();
    // Stopped, not ended: connections stay open, and nothing comes through them any more.
    stage.server.kill("SIGSTOP");
    try {
      await Promise.all([
        waitForStatus(polling, "stale", 35_000),
        waitForStatus(streaming, "stale", 60_000),
        front.getByText("Not up to date").waitFor({ timeout: 45_000 }),
      ]);
      for (const page of [polling, streaming]) {
        await notice(page, "The server cannot be reached.").waitFor();
        await hasItsPlace(page);
      }
      await hasItsPlace(front);
      await looksRight(streaming, "board-unreachable");
    } finally {
      stage.server.kill("SIGCONT");
    }
    await Promise.all([
      waitForStatus(polling, "polling", 40_000),
      waitForStatus(streaming, "live", 40_000),
      front
        .getByRole("status")
        .getByText(/\d boards/)
        .waitFor({ timeout: 60_000 }),
    ]);
    await stage.post("ties", [{ player: "p7", score: 100 }]);
    await waitForOrder(polling, ["Radia"], 7_000);
  }, 180_000);
});

describe("without Redis", () => {
  let redis: PrivateRedis;
  let degraded: Stage;

  beforeAll(async () => {
    redis = await startPrivateRedis();
    degraded = await openStage({ env: { REDIS_URL: redis.url } });
    await fillSite(degraded);
  });

  afterAll(() => degraded?.close());

  it("the standings come from Postgres, say that they may lag behind, and take scores all the same", async () => {
    const { page, complaints } = await degraded.visit("/boards/ties", narrow);
    const { page: streaming } = await degraded.visit("/boards/grand-prix", narrow);
    await Promise.all([waitForStatus(page, "polling"), waitForStatus(streaming, "live")]);
    await redis.stop();
    for (const one of [page, streaming]) {
      await notice(one, "The live ranking is out of reach just now.").waitFor({ timeout: 45_000 });
      await waitForStatus(one, "stale");
    }
    await looksRight(page);
    await looksRight(streaming, "board-without-redis");
    await degraded.post("ties", [{ player: "new", name: "Newcomer", score: 99 }]);
    await waitForOrder(page, ["Newcomer"], 15_000);
    const { page: front } = await degraded.visit("/", narrow);
    await front.locator('[data-board="ties"]').getByText("Newcomer").waitFor({ timeout: 15_000 });
    await hasItsPlace(front);
    expect(complaints).toEqual([]);
  }, 120_000);
});
