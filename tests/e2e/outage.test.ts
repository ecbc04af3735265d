/** Pages that cannot be made while Postgres is away say so, and are there once it is back. */
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { createTestDatabase } from "@/tests/support/postgres";
import { openStage, type Stage } from "@/tests/support/stage";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let stage: Stage;
let postgres: TcpProxy;

beforeAll(async () => {
  const databaseUrl = await createTestDatabase();
  postgres = await startTcpProxy(databaseUrl);
  stage = await openStage({ env: { DATABASE_URL: postgres.through(databaseUrl) } });
  for (const id of ["waited", "followed", "watched"]) await stage.createBoard({ id });
  await stage.post("watched", [{ player: "ada", name: "Ada", score: 3 }]);
});

afterEach(() => postgres.pass());

afterAll(async () => {
  await stage?.close();
  await postgres?.close();
});

const failed = (page: Page) => page.getByRole("heading", { name: "This page could not be made" });
const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name, exact: true });
const tryAgain = (page: Page) => page.getByRole("button", { name: "Try again" });
const hasFocus = (page: Page, selector: string) =>
  page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector, { timeout: 5_000 });

it("a board's page that cannot be made says so in the looks of the site, and is there by itself afterwards", async () => {
  await postgres.refuse();
  const { status, headers } = await fetch(`${stage.server.url}/boards/waited`);
  expect([status, headers.get("retry-after")]).toEqual([503, "10"]);
  const { page } = await stage.visit("/boards/waited");
  await failed(page).waitFor();
  expect(await page.title()).toBe("This page could not be made · Rungs");
  expect(await page.getByRole("navigation", { name: "Main" }).isVisible()).toBe(true);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  // It tries, and fails.
  await page.waitForResponse((response) => response.url().includes("/boards/waited?_rsc"), { timeout: 15_000 });
  await failed(page).waitFor();
  await postgres.pass();
  await heading(page, "waited").waitFor({ timeout: 20_000 });
  expect(await page.title()).toBe("waited · Rungs");
});

it("the button tries at once, and keeps the focus for as long as it is needed", async () => {
  await postgres.refuse();
  const { page } = await stage.visit("/");
  await tryAgain(page).focus();
  const tried = page.waitForResponse((response) => response.url().includes("_rsc"));
  await page.keyboard.press("Enter");
  await tried;
  await hasFocus(page, "#main button");
  expect(await failed(page).isVisible()).toBe(true);
  await postgres.pass();
  await expect
    .poll(
      async () => {
        if (await failed(page).isVisible()) await page.keyboard.press("Enter");
        return heading(page, "Every place counts.").isVisible();
      },
      { timeout: 8_000 },
    )
    .toBe(true);
  await hasFocus(page, "#main");
});

it("who follows a link meanwhile is shown the board afterwards; a board that is open stays", async () => {
  const [{ page }, { page: open }] = [await stage.visit("/"), await stage.visit("/boards/watched")];
  await heading(page, "Every place counts.").waitFor();
  await postgres.refuse();
  const polled = open.waitForResponse((response) => response.url().includes("/boards/watched?limit"));
  await page.getByRole("link", { name: "followed" }).click();
  await failed(page).waitFor();
  expect(new URL(page.url()).pathname).toBe("/boards/followed");
  expect([200, 304]).toContain((await polled).status());
  await open.getByText("Ada").waitFor();
  await open.reload();
  await open.getByText("Ada").waitFor();
  await postgres.pass();
  await heading(page, "followed").waitFor({ timeout: 20_000 });
});
