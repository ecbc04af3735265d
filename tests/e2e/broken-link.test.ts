/** The viewer's own link: a stranger that answers, and a stream whose bytes stop. The page never says what is not so. */
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from "vitest";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";
import { answeredBy } from "@/tests/support/stranger";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let stage: Stage;
let link: TcpProxy;

/** 6 s and 15 s are promised; the rest is for a machine that draws pages beside this one. */
const pollMaxMs = 7_000;
const streamMaxMs = 16_000;

beforeAll(async () => {
  stage = await openStage();
  link = await startTcpProxy(stage.server.url, { mark: (sent) => /^GET \S+\/stream/.test(sent.toString("latin1")) });
});

afterEach(() => link.pass());

afterAll(async () => {
  await stage?.close();
  await link?.close();
});

async function board(id: string, delivery: "polling" | "sse"): Promise<Page> {
  await stage.createBoard({ id, delivery });
  await stage.post(id, [
    { player: "ada", name: "ADA", score: 2 },
    { player: "bob", name: "BOB", score: 1 },
  ]);
  const page = await stage.browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(link.through(new URL(`/boards/${id}`, stage.server.url).href));
  await waitForOrder(page, ["ADA", "BOB"], 10_000);
  return page;
}

const removed = (page: Page) => page.getByText("This board has been removed");

// Every kind is read by the same code; tests/unit/live-board.test.ts has them all.
it.each(["404", "cut JSON"] as const)(
  "a polling page answered by a stranger (%s) is reconnecting, and right soon after",
  async (kind) => {
    const id = `polled-${kind.replaceAll(/\W/g, "-").toLowerCase()}`;
    const page = await board(id, "polling");
    link.tamper(answeredBy(kind));
    await waitForStatus(page, "reconnecting", pollMaxMs);
    await stage.post(id, [{ player: "bob", score: 9 }]);
    // Three polls and more in vain.
    for (let i = 0; i < 3; i++) await page.waitForResponse((response) => response.url().includes(`/boards/${id}?`));
    expect(await removed(page).count()).toBe(0);
    await link.pass();
    await waitForOrder(page, ["BOB", "ADA"], pollMaxMs);
    await waitForStatus(page, "polling");
  },
);

it("a streaming page behind a proxy's 404 is reconnecting, and live again afterwards", async () => {
  const page = await board("streamed-404", "sse");
  await waitForStatus(page, "live");
  link.tamper(answeredBy("404"));
  link.cut();
  await waitForStatus(page, "reconnecting");
  await stage.post("streamed-404", [{ player: "bob", score: 9 }]);
  for (let i = 0; i < 2; i++)
    await page.waitForResponse((response) => response.url().includes("/boards/streamed-404?"));
  expect(await removed(page).count()).toBe(0);
  await link.pass();
  await waitForOrder(page, ["BOB", "ADA"], pollMaxMs);
  await waitForStatus(page, "live", 30_000);
});

it("a stream whose bytes stop is noticed within 15 seconds, and what it did not carry is shown by then", async () => {
  const page = await board("silent", "sse");
  await waitForStatus(page, "live");
  await recordStatuses(page);
  expect(link.freeze((connection) => connection.marked)).toBeGreaterThan(0);
  await stage.post("silent", [{ player: "bob", score: 9 }]);
  await waitForOrder(page, ["BOB", "ADA"], streamMaxMs);
  expect(await statuses(page)).toContain("reconnecting");
  await waitForStatus(page, "live", 30_000);
});

it("a page whose every connection hangs does not say that it is live for longer than 15 seconds", async () => {
  const page = await board("hung", "sse");
  await waitForStatus(page, "live");
  link.hang();
  await waitForStatus(page, "reconnecting", streamMaxMs);
  await waitForStatus(page, "stale", 10_000);
  await stage.post("hung", [{ player: "bob", score: 9 }]);
  await link.pass();
  await waitForOrder(page, ["BOB", "ADA"], streamMaxMs);
});

async function recordStatuses(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: (string | null)[] = [];
    const pill = document.querySelector("[data-status]");
    const observer = new MutationObserver(() => seen.push(pill?.getAttribute("data-status") ?? null));
    if (pill) observer.observe(pill, { attributes: true });
    Object.assign(window, { seen });
  });
}

function statuses(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { seen: string[] }).seen);
}
