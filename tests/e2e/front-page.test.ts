/** The front page: what is on now, kept up to date gently, and good for something without JavaScript, too. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { violations } from "@/tests/support/axe";
import { layoutProblems } from "@/tests/support/layout";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

const card = (page: Page, board: string) => page.locator(`[data-board="${board}"]`);
const shownBoards = (page: Page) =>
  page.locator("[data-board]").evaluateAll((cards) => cards.map((one) => (one as HTMLElement).dataset.board));

/** The list is a second or two old. */
const listed = (board: string) =>
  vi.waitFor(async () => expect(await (await fetch(stage.server.url)).text()).toContain(board), { timeout: 5_000 });

/** Polls come every 12 seconds, more or less. */
const followed = { timeout: 18_000 };

/** Where everything is whose place must not change. */
const boxes = (page: Page) =>
  page.locator("h1, h2, h3, [data-board], [data-board] p, [data-live]").evaluateAll((elements) =>
    elements.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height];
    }),
  );

describe("a site without boards", () => {
  it("explains how to make the first, by commands that do it, and shows it by itself", async () => {
    await stage.ask("DELETE", "/api/v1/boards/sample");
    await expect.poll(async () => (await (await fetch(`${stage.server.url}/api/v1/boards`)).json()).total).toBe(0);
    const { page, complaints } = await stage.visit("/", { viewport: { width: 320, height: 640 } });
    await page.getByRole("heading", { name: "There are no boards yet" }).waitFor();
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect([width, await layoutProblems(page), await violations(page)]).toEqual([width, [], []]);
    }
    const steps = page.getByRole("region", { name: /^Command \d$/ });
    const commands = await steps.allTextContents();
    expect(commands).toHaveLength(3);
    const env: NodeJS.ProcessEnv = { ...process.env, DATA_DIR: stage.server.dataDir, NODE_ENV: "production" };
    for (const name of ["DATABASE_URL", "REDIS_URL", "PORT"]) delete env[name];
    await promisify(execFile)("/bin/sh", ["-ec", commands.join("\n")], { env });
    await card(page, "race").getByText("Ada").waitFor(followed);
    await card(page, "race").getByText("42", { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe("the boards", () => {
  beforeAll(async () => {
    await stage.createBoard({ id: "open", name: "Open championship", decimals: 2 });
    await stage.post("open", [
      { player: "ada", name: "Ada", score: 20.5 },
      { player: "bob", name: "Bob", score: 10 },
    ]);
    await stage.createBoard({ id: "quiet", name: "Quiet cup" });
  });

  it("show leader, score, players and the last change, and who watches; those that change come first", async () => {
    const viewer = await stage.visit("/boards/open");
    await viewer.page.waitForResponse((response) => response.url().includes("/api/v1/boards/open?"));
    const { page, complaints } = await stage.visit("/");
    const open = page.getByRole("region", { name: "Live now" }).locator('[data-board="open"]');
    // The list may be a second or two old when the server writes the page.
    await open.getByText("Ada").waitFor(followed);
    expect(await open.getByText("20.50").count()).toBe(1);
    expect(await open.getByText(/^2 players/).count()).toBe(1);
    await open.getByText("1 watching").waitFor(followed);
    expect(await open.getByRole("time").textContent()).toMatch(/^changed (just now|\d+ seconds ago|1 minute ago)$/);
    const quiet = page.getByRole("region", { name: "More boards" }).locator('[data-board="quiet"]');
    await quiet.getByText("No scores yet").waitFor(followed);
    expect(complaints).toEqual([]);
    await viewer.page.context().close();
  });

  it("follow: a new leader and the time of the change come without a reload, and nothing else moves", async () => {
    const { page, complaints } = await stage.visit("/");
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await card(page, "open").getByText("Ada").waitFor();
    const before = { boards: await shownBoards(page), boxes: await boxes(page) };
    await stage.post("open", [{ player: "cat", name: "Cat", score: 99.25 }]);
    await card(page, "open").getByText("Cat").waitFor(followed);
    await card(page, "open").getByText("99.25").waitFor();
    await card(page, "open")
      .getByText(/^3 players/)
      .waitFor();
    expect(await card(page, "open").getByRole("time").textContent()).toMatch(/^changed (just now|\d+ seconds ago)$/);
    expect({ boards: await shownBoards(page), boxes: await boxes(page) }).toEqual(before);
    expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("become live and are found first when they change after a long time, and new ones appear", async () => {
    const { page } = await stage.visit("/");
    await stage.createBoard({ id: "newcomer", name: "Newcomer" });
    await stage.post("quiet", [{ player: "zoe", name: "Zoë", score: 1 }]);
    await page
      .getByRole("region", { name: "Live now" })
      .locator('[data-board="quiet"]')
      .getByText("Zoë")
      .waitFor(followed);
    await page.getByRole("region", { name: "More boards" }).locator('[data-board="newcomer"]').waitFor();
  });

  it("are asked for with their tag, so that a quiet site answers with next to nothing", async () => {
    const { page } = await stage.visit("/");
    const polled = () => page.waitForResponse((response) => response.url().includes("/api/v1/boards?"), followed);
    await expect.poll(async () => (await polled()).status(), { timeout: 60_000 }).toBe(304);
  });
});

describe("many boards", () => {
  beforeAll(async () => {
    for (let i = 0; i < 30; i++) await stage.createBoard({ id: `cup-${i}`, name: `Cup number ${i}` });
    await listed("cup-29");
  });

  it("are searched by what is typed, which the address keeps, and a click leads to the board", async () => {
    const { page, complaints } = await stage.visit("/");
    expect(await shownBoards(page)).toHaveLength(24);
    await page.waitForLoadState("networkidle");
    const field = page.getByRole("searchbox", { name: "Find a board" });
    await field.fill("NUMBER 2");
    await expect.poll(() => shownBoards(page)).toHaveLength(11);
    expect(new URL(page.url()).search).toBe("?q=NUMBER+2");
    await page.reload();
    expect([await field.inputValue(), (await shownBoards(page)).length]).toEqual(["NUMBER 2", 11]);
    await page.waitForLoadState("networkidle");
    await field.fill("nothing is called that");
    await page.getByText("No board has this in its name or id.").waitFor();
    await field.fill("");
    await expect.poll(() => shownBoards(page)).toHaveLength(24);
    expect(new URL(page.url()).search).toBe("");
    await page.getByRole("link", { name: "Cup number 29" }).click();
    await page.getByRole("heading", { level: 1, name: "Cup number 29" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("are paged through, each once", async () => {
    const { page } = await stage.visit("/");
    const first = await shownBoards(page);
    await page.getByRole("link", { name: "Older changes" }).click();
    await page.getByRole("link", { name: "Newest changes" }).waitFor();
    const second = await shownBoards(page);
    const { total } = await (await fetch(`${stage.server.url}/api/v1/boards`)).json();
    expect(new Set([...first, ...second]).size).toBe(total);
    expect(first.length + second.length).toBe(total);
    expect(await page.getByRole("link", { name: "Older changes" }).count()).toBe(0);
  });
});

describe("without JavaScript", () => {
  const plain = { javaScriptEnabled: false, viewport: { width: 360, height: 800 } };
  /** Locators by text or role take what is in a noscript for hidden. */
  const isTold = async (page: Page) => {
    const told = page.locator("main noscript p");
    await told.waitFor();
    expect(await told.textContent()).toMatch(/^Without JavaScript this page stays as it was/);
  };

  beforeAll(async () => {
    await stage.createBoard({ id: "plain", name: "Plain and simple" });
    await stage.createBoard({ id: "plain-empty", name: "Nobody yet" });
    const players = ["Cat", "Ada", "Bob"];
    await stage.post(
      "plain",
      players.map((name, i) => ({ player: name, name, score: 9 - i })),
    );
  });

  it("the front page has the boards and a search, and says that it stays as it is", async () => {
    for (let i = 0; i < 8; i++) await stage.createBoard({ id: `filler-${i}` });
    await listed("filler-7");
    const { page } = await stage.visit("/", plain);
    await isTold(page);
    expect(await shownBoards(page)).toContain("plain");
    await page.getByRole("searchbox").fill("AND simple");
    await page.locator("noscript button").click();
    await page.waitForURL("**/?q=AND+simple");
    expect(await shownBoards(page)).toEqual(["plain"]);
    expect(await card(page, "plain").textContent()).toContain("Cat");
  });

  it("a board has its standings, an empty one its command, and neither boasts of a connection", async () => {
    const { page } = await stage.visit("/boards/plain", plain);
    await isTold(page);
    expect(await page.locator("tbody a").allTextContents()).toEqual(["Cat", "Ada", "Bob"]);
    expect(await page.locator("[data-status]").isVisible()).toBe(false);
    expect(await page.getByText("updated just now").isVisible()).toBe(false);
    await page.goto(`${stage.server.url}/boards/plain-empty`);
    await page.getByRole("heading", { name: "No scores yet" }).waitFor();
    await page.getByText("/api/v1/boards/plain-empty/scores").waitFor();
  });
});
