/** A watched player's moments on the board page: each is seen once, whatever is reloaded, opened twice or missed. */
import type { Locator, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Inbox } from "@/lib/domain/moments";
import { violations } from "@/tests/support/axe";
import { sideways } from "@/tests/support/layout";
import { openStage, type Stage, waitForOrder, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

const cast = ["ada", "bob", "cat"].map((player, i) => ({ player, name: player.toUpperCase(), score: 30 - 10 * i }));

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

async function open(board: string, settings: object = {}) {
  await stage.createBoard({ id: board, ...settings });
  await stage.post(board, cast);
  const token = await stage.tokenFor("bob");
  const inbox = async () => {
    const url = `${stage.server.url}/api/v1/boards/${board}/players/bob/inbox`;
    return (await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).json()) as Inbox;
  };
  return { token, link: `/boards/${board}?player=bob#token=${token}`, inbox };
}

const news = (page: Page) => page.getByRole("region", { name: "News for you" });
const lines = (page: Page) => news(page).getByRole("listitem");

it("tells a streaming viewer of being passed within seconds, once, and not again after a reload", async () => {
  const { token, link, inbox } = await open("passed", { delivery: "sse" });
  const { page, complaints } = await stage.visit(link);
  const requested: string[] = [];
  page.on("request", (request) => requested.push(request.url()));
  await waitForStatus(page, "live");
  expect(page.url()).toBe(`${stage.server.url}/boards/passed?player=bob`);
  await stage.post("passed", [{ player: "cat", score: 25 }]);
  await news(page).getByText("CAT passed you: from #2 to #3.").waitFor({ timeout: 10_000 });
  await expect.poll(async () => (await inbox()).unacknowledged).toBe(0);
  expect(await lines(page).count()).toBe(1);
  await stage.post("passed", [{ player: "bob", score: 99 }]);
  await news(page).getByText("You reached first place.").waitFor({ timeout: 10_000 });
  expect(await lines(page).count()).toBe(2);
  await expect.poll(async () => (await inbox()).unacknowledged).toBe(0);

  const asked = page.waitForResponse((response) => response.url().includes("/inbox?"));
  await page.reload();
  expect(((await (await asked).json()) as Inbox).items).toEqual([]);
  await waitForOrder(page, ["BOB", "ADA", "CAT"], 5_000);
  expect(await lines(page).count()).toBe(0);
  expect(requested.filter((url) => url.includes(token.slice(0, 40)))).toEqual([]);
  expect(complaints).toEqual([]);
});

it("shows what happened while nobody looked, until it is dismissed, also where delivery is by polling", async () => {
  const { link, inbox } = await open("missed");
  await stage.post("missed", [{ player: "cat", score: 25 }]);
  await expect.poll(async () => (await inbox()).unacknowledged, { timeout: 10_000 }).toBe(1);
  const { page } = await stage.visit(link);
  await news(page).getByText("CAT passed you").waitFor();
  await news(page).getByRole("button", { name: "Dismiss" }).click();
  await expect.poll(() => lines(page).count()).toBe(0);
  await expect.poll(async () => (await inbox()).unacknowledged).toBe(0);
});

it("shows each moment in one of several tabs", async () => {
  const { link } = await open("tabs", { delivery: "sse" });
  const { page } = await stage.visit(link);
  const second = await page.context().newPage();
  await second.goto(stage.server.url + link);
  await Promise.all([waitForStatus(page, "live"), waitForStatus(second, "live")]);
  const asked = [page, second].map((one) => one.waitForResponse((response) => response.url().includes("/inbox?")));
  await stage.post("tabs", [{ player: "cat", score: 25 }]);
  await Promise.all(asked);
  const shown = async () => (await lines(page).count()) + (await lines(second).count());
  await expect.poll(shown).toBe(1);
  await second.reload();
  await page.reload();
  await Promise.all([waitForStatus(page, "live"), waitForStatus(second, "live")]);
  expect(await shown()).toBe(0);
});

it("an acknowledgement that is lost makes it be acknowledged later, not shown again", async () => {
  const { link, inbox } = await open("unheard", { delivery: "sse" });
  const { page } = await stage.visit(link);
  await waitForStatus(page, "live");
  await page.route("**/inbox/ack", (route) => route.abort());
  await stage.post("unheard", [{ player: "cat", score: 25 }]);
  await news(page).getByText("CAT passed you").waitFor({ timeout: 10_000 });
  expect((await inbox()).unacknowledged).toBe(1);
  await page.unroute("**/inbox/ack");
  await page.reload();
  await expect.poll(async () => (await inbox()).unacknowledged, { timeout: 5_000 }).toBe(0);
  expect(await lines(page).count()).toBe(0);
});

it("goes on without news where a token is no good", async () => {
  const { token } = await open("refused");
  const { page } = await stage.visit(`/boards/refused?player=bob#token=${token.slice(0, -5)}`);
  await page.waitForResponse((response) => response.url().includes("/inbox?") && response.status() === 401);
  await news(page).waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Watched player" }).getByText("BOB").waitFor();
  expect(page.url()).not.toContain("token");
});

it("says a board's worth of news accessibly, in light and dark, wide and narrow", async () => {
  const { link } = await open("many", { delivery: "sse" });
  const crowd = Array.from({ length: 12 }, (_, i) => ({ player: `p${i}`, name: `Player ${i}`, score: 1 }));
  await stage.post("many", crowd);
  const { page, complaints } = await stage.visit(link);
  await waitForStatus(page, "live");
  const step = async (scores: object[], text: string) => {
    await stage.post("many", scores);
    await news(page).getByText(text).last().waitFor({ timeout: 10_000 });
  };
  await step([{ player: "cat", score: 25 }], "CAT passed you: from #2 to #3.");
  await step(
    crowd.map((one, i) => ({ ...one, score: 50 + i })),
    "You left the top 10: now #15.",
  );
  expect(await lines(page).count()).toBe(3);
  // No more at a time: what comes now waits.
  await stage.post("many", [{ player: "bob", score: 58 }]);
  await news(page).getByRole("button", { name: "Next (1)" }).waitFor({ timeout: 10_000 });
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    expect(await sideways(page)).toBeLessThanOrEqual(0);
  }
  const focused = (locator: Locator) => locator.evaluate((element) => element === document.activeElement);
  await news(page).getByRole("button", { name: "Next (1)" }).press("Enter");
  await news(page).getByText("You entered the top 10: now #4.").waitFor();
  expect(await focused(news(page).getByRole("button", { name: "Dismiss" }))).toBe(true);
  await page.keyboard.press("Enter");
  await expect.poll(() => lines(page).count()).toBe(0);
  expect(await news(page).getByRole("button").count()).toBe(0);
  expect(await focused(news(page))).toBe(true);
  expect(await violations(page)).toEqual([]);
  await step([{ player: "bob", score: 1_000 }], "You reached first place.");
  await step([{ player: "ada", score: 2_000 }], "ADA passed you: from #1 to #2.");
  expect(await lines(page).count()).toBe(2);
  expect(complaints).toEqual([]);
});
