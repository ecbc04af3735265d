import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ForeignSite, startForeignSite } from "@/tests/support/foreign-site";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;
let foreign: ForeignSite;

const crowd = Array.from({ length: 30 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1_000 - i }));

beforeAll(async () => {
  stage = await openStage();
  foreign = await startForeignSite();
  await stage.createBoard({ id: "cup", name: "Autumn Cup", delivery: "sse" });
  await stage.createBoard({ id: "polled", name: "Polled", embedHosts: ["*"] });
  await stage.createBoard({ id: "bare", name: "A board without a score and with quite a name" });
  await stage.post("cup", crowd);
  await stage.post("polled", crowd.slice(0, 3));
});

afterAll(async () => {
  foreign?.close();
  await stage?.close();
});

/** The foreign site by one of its names; both are other sites than ours. */
const address = (host: string) => `http://${host}:${foreign.port}/`;
const frameOf = (page: Page) => page.frameLocator("iframe");
const frame = (path: string) =>
  `<iframe src="${stage.server.url}${path}" title="The board" width="480" height="500"></iframe>`;

async function visitForeign(host: string): Promise<{ page: Page; complaints: string[] }> {
  const visit = await stage.visit("/healthz");
  await visit.page.goto(address(host));
  return visit;
}

describe("a foreign site that the board allows", () => {
  it("shows the first places, live, and follows what happens", async () => {
    await stage.ask("PATCH", "/api/v1/boards/cup", { embedHosts: [`127.0.0.1:${foreign.port}`] });
    foreign.show(frame("/boards/cup/embed?rows=5&player=p3"));
    const { page, complaints } = await visitForeign("127.0.0.1");
    const inside = frameOf(page);
    await inside.locator('[data-status="live"]').waitFor({ timeout: 15_000 });
    expect(await inside.locator("tbody th").allTextContents()).toEqual([0, 1, 2, 3, 4].map((i) => `Player ${i}`));
    expect(await inside.locator('tr[aria-current="true"]').textContent()).toContain("Player 3");
    await inside.getByText("Top 5 of 30").waitFor();
    await stage.post("cup", [{ player: "p20", score: 5_000 }]);
    await inside.locator("tbody tr:first-child th", { hasText: "Player 20" }).waitFor({ timeout: 3_000 });
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows a polled board as well", async () => {
    foreign.show(frame("/boards/polled/embed"));
    const { page, complaints } = await visitForeign("shop.localhost");
    await frameOf(page).locator('[data-status="polling"]').waitFor();
    await stage.post("polled", [{ player: "p2", score: 9_999 }]);
    await frameOf(page).locator("tbody tr:first-child th", { hasText: "Player 2" }).waitFor({ timeout: 8_000 });
    expect(complaints).toEqual([]);
  });

  it("leads to the whole board in a tab of its own, which knows nothing of that site", async () => {
    foreign.show(frame("/boards/polled/embed?player=p1"));
    const { page } = await visitForeign("127.0.0.1");
    const link = frameOf(page).getByRole("link");
    expect(await link.count()).toBe(1);
    const [opened] = await Promise.all([page.waitForEvent("popup"), link.click()]);
    await opened.getByRole("region", { name: "Watched player" }).getByText("Player 1").waitFor();
    expect(new URL(opened.url()).pathname).toBe("/boards/polled");
    expect(await opened.evaluate(() => window.opener)).toBeNull();
    expect(page.url()).toBe(address("127.0.0.1"));
  });

  it("may be told how by oEmbed, which its page only has to paste", async () => {
    const { page: board } = await stage.visit("/boards/polled");
    const href = await board.locator('link[type="application/json+oembed"]').getAttribute("href");
    const { html, width } = (await (await fetch(`${href}&maxwidth=320`)).json()) as { html: string; width: number };
    foreign.show(html);
    const { page } = await visitForeign("127.0.0.1");
    await frameOf(page).getByRole("heading", { name: "Polled" }).waitFor();
    expect((await page.locator("iframe").boundingBox())?.width).toBe(width);
    expect(width).toBe(320);
  });

  it("fits the height that its HTML gives it", async () => {
    await stage.ask("PATCH", "/api/v1/boards/cup", { embedHosts: ["*"] });
    for (const rows of [1, 10, 25]) {
      const url = encodeURIComponent(`${stage.server.url}/boards/cup/embed?rows=${rows}`);
      const { html } = (await (await fetch(`${stage.server.url}/api/v1/oembed?url=${url}`)).json()) as { html: string };
      foreign.show(html);
      const { page } = await visitForeign("127.0.0.1");
      await frameOf(page).locator(`tbody tr:nth-child(${rows})`).waitFor();
      const over = await page.frames()[1]?.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      expect([rows, over]).toEqual([rows, 0]);
      const lastRow = await frameOf(page).locator("tbody tr").last().boundingBox();
      const box = await page.locator("iframe").boundingBox();
      const empty = (box?.y ?? 0) + (box?.height ?? 0) - (lastRow?.y ?? 0) - (lastRow?.height ?? 0);
      expect(empty).toBeLessThan(70);
    }
  });
});

describe("a foreign site that the board does not allow", () => {
  it.each([
    ["is not on the list", "shop.localhost", "/boards/cup/embed"],
    ["wants the whole page", "127.0.0.1", "/boards/cup"],
    ["wants a board for nobody", "127.0.0.1", "/boards/bare/embed"],
  ])("gets an empty frame where it %s", async (_, host, path) => {
    await stage.ask("PATCH", "/api/v1/boards/cup", { embedHosts: [`127.0.0.1:${foreign.port}`] });
    foreign.show(frame(path));
    const { page } = await stage.visit("/healthz");
    const refusal = page.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
    await page.goto(address(host));
    await refusal;
    await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
    expect(await frameOf(page).getByText("Autumn Cup").count()).toBe(0);
  });
});

describe("the settings", () => {
  it("say who may embed, keep hosts in their plain form, and hand out HTML that works", async () => {
    const page = stage.organizer;
    await page.goto(`${stage.server.url}/settings/boards/bare`);
    const section = page.getByRole("region", { name: "Embedding" });
    const save = section.getByRole("button", { name: "Save" });
    expect(await section.getByLabel("Nobody").isChecked()).toBe(true);
    expect(await section.getByText("<iframe").count()).toBe(0);
    await section.getByLabel("Only these sites").check();
    const hosts = section.getByLabel("Hosts, one on each line");
    await hosts.fill(`https://Bücher.example/\n\n http://127.0.0.1:${foreign.port} \n*.org\n`);
    await save.click();
    await section.getByText('"*.org" must have a name of two parts at least').waitFor();
    expect(await hosts.getAttribute("aria-invalid")).toBe("true");
    await hosts.fill(`https://Bücher.example/\n\n http://127.0.0.1:${foreign.port} \n`);
    await save.click();
    await section.getByText("Saved.", { exact: true }).waitFor();
    expect(await hosts.inputValue()).toBe(`xn--bcher-kva.example\n127.0.0.1:${foreign.port}`);
    foreign.show((await section.getByRole("region", { name: "HTML for their pages" }).textContent()) ?? "");
    await expect.poll(async () => (await embedPolicy("bare")).includes("127.0.0.1")).toBe(true);
    const visit = await visitForeign("127.0.0.1");
    await frameOf(visit.page).getByText("No scores yet").waitFor();

    await page.reload();
    expect(await hosts.inputValue()).toBe(`xn--bcher-kva.example\n127.0.0.1:${foreign.port}`);
    const [preview] = await Promise.all([
      page.waitForEvent("popup"),
      section.getByRole("link", { name: "See it as they show it" }).click(),
    ]);
    await preview.getByRole("heading", { name: "A board without a score" }).waitFor();
    await preview.close();
    await section.getByLabel("Any site").check();
    await save.click();
    await section.getByText("Saved.", { exact: true }).waitFor();
    expect(await stage.ask("GET", "/api/v1/boards/bare/settings")).toMatchObject({ embedHosts: ["*"] });
    await section.getByLabel("Nobody").check();
    await save.click();
    await section.getByText("Saved.", { exact: true }).waitFor();
    expect(await section.getByText("<iframe").count()).toBe(0);
    expect(await stage.ask("GET", "/api/v1/boards/bare/settings")).toMatchObject({ embedHosts: [] });
  });
});

async function embedPolicy(board: string): Promise<string> {
  return (await fetch(`${stage.server.url}/boards/${board}/embed`)).headers.get("content-security-policy") ?? "";
}
