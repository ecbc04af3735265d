import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  const tiebreaks = [{ name: "penaltyMinutes", order: "asc" }];
  await stage.createBoard({ id: "full", name: "The long and winding championship of everything", tiebreaks });
  const names = ["Ada", "مريم ميرزاخاني", "👩‍🚀 Valentina", "名無しの権兵衛", "x".repeat(128), "A B ".repeat(32)];
  const scores = names.map((name, i) => ({ player: `p${i}`, name, score: 9_000_000_000_000 - i, tiebreaks: [i] }));
  await stage.post("full", scores);
});

afterAll(() => stage?.close());

it("answers 404 for what is not there", async () => {
  for (const path of ["/boards/none", "/boards/NOT%20an%20id", "/no/such/page"]) {
    expect((await fetch(stage.server.url + path)).status).toBe(404);
  }
});

it("is rendered on the server, table and all", async () => {
  const html = await (await fetch(`${stage.server.url}/boards/full`)).text();
  expect(html).toContain("👩‍🚀 Valentina");
  expect(html).toContain("8,999,999,999,999");
});

it("remembers a chosen theme, and has it in the first byte of the next page", async () => {
  const { page } = await stage.visit("/", { colorScheme: "light" });
  await page.getByLabel("Dark").check({ force: true });
  expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe("dark");
  const html = await (await page.request.get(stage.server.url)).text();
  expect(html).toMatch(/<html[^>]* data-theme="dark"/);
  await page.getByLabel("System").check({ force: true });
  expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe("light dark");
});

it("works by keyboard: skip link, the tools, then the players", async () => {
  const { page } = await stage.visit("/boards/full");
  await waitForStatus(page, "polling");
  await page.keyboard.press("Tab");
  expect(await focusedText(page)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  for (const name of ["Find a player/", "Pause", "View", "Race", "Big screen", "Ada"]) {
    expect(await focusedText(page)).toBe(name);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Watched player" }).getByText("Ada").waitFor();
});

describe("the language of a page", () => {
  const fetchPage = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(stage.server.url + path, { headers });
    return { html: await response.text(), vary: response.headers.get("vary") ?? "" };
  };

  it("is the browser's in the first byte, numbers too, and caches are told what it depends on", async () => {
    const { html, vary } = await fetchPage("/boards/full", { "accept-language": "fr;q=0.1, de-AT, en;q=0.5" });
    expect(html).toMatch(/<html[^>]* lang="de"/);
    expect(html).toContain("höchster Wert vorn");
    expect(html).not.toContain("highest first");
    expect(html).toContain(new Intl.NumberFormat("de-AT").format(8_999_999_999_999));
    expect(vary.split(/, */)).toEqual(expect.arrayContaining(["Accept-Language", "Cookie", "rsc"]));
  });

  it("is English for who wants one that there is not, and the chosen one for who chose", async () => {
    expect((await fetchPage("/", { "accept-language": "tlh" })).html).toMatch(/<html[^>]* lang="en"/);
    expect((await fetchPage("/", { cookie: "language=de" })).html).toContain("Jeder Platz zählt.");
    const both = { cookie: "theme=dark; language=en", "accept-language": "de" };
    expect((await fetchPage("/", both)).html).toContain("Every place counts.");
    expect((await fetchPage("/no/such/page", { "accept-language": "de" })).html).toContain(
      "Auf dieser Sprosse ist nichts",
    );
  });

  it("changes in the open page, which stays where it was and as live as it was, and is remembered", async () => {
    await stage.createBoard({ id: "spoken" });
    await stage.post("spoken", [{ player: "ada", name: "Ada", score: 1 }]);
    const { page, complaints } = await stage.visit("/boards/spoken?player=ada");
    await waitForStatus(page, "polling");
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await page.getByLabel("Deutsch").check({ force: true });
    await page.getByRole("region", { name: "Beobachteter Spieler" }).getByText("In Führung").waitFor();
    await page.locator('html[lang="de"]').waitFor();
    await page.getByRole("navigation", { name: "Hauptmenü" }).waitFor();
    await stage.post("spoken", [{ player: "bob", name: "Bob", score: 2 }]);
    await page.getByText("2 Spieler").waitFor({ timeout: 7_000 });
    expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);
    await page.goto(`${stage.server.url}/sign-in`);
    await page.getByRole("button", { name: "Anmelden" }).waitFor();
    await page.getByLabel("English").check({ force: true });
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("is told where the words are the API's", async () => {
    const { page } = await stage.visit("/join#token=abc", { locale: "de-DE" });
    await page.getByLabel("Dein Name").fill("Ivo");
    await page.getByLabel("E-Mail").fill("ivo@example.com");
    await page.getByLabel("Passwort").fill("12345678901234");
    await page.getByRole("button", { name: "Konto anlegen" }).click();
    await page.getByText("Nichts wurde gespeichert.").waitFor();
    expect(await page.getByText(/^Must not .+\.$/).getAttribute("lang")).toBe("en");
  });
});

function focusedText(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.textContent);
}
