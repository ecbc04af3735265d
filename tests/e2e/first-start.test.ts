import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "@/tests/support/browser";
import { firstLinkIn } from "@/tests/support/join-links";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { waitForOrder, waitForStatus } from "@/tests/support/stage";
import { joinAsFirst, organizerLogin } from "@/tests/support/stage-at";

let server: RungsServer;
let browser: Browser;
let organizer: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startRungs(), launchBrowser()]);
  organizer = await browser.newPage();
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

it("leads from the printed link to an account, a board, a key, a first score and the switch to streaming", async () => {
  await joinAsFirst(organizer, server);

  await organizer.getByText("New board").click();
  await organizer.getByLabel("Name", { exact: true }).first().fill("Winter Cup!");
  expect(await organizer.getByLabel("Id").inputValue()).toBe("winter-cup");
  await organizer.getByRole("button", { name: "Add a tiebreak" }).click();
  await organizer.getByLabel("Name of tiebreak 1").fill("falls");
  await organizer.getByLabel("Order of tiebreak 1").selectOption("asc");
  await organizer.getByRole("button", { name: "Create board" }).click();
  await organizer.waitForURL("**/settings/boards/winter-cup");

  const viewer = await (await browser.newContext()).newPage();
  await viewer.goto(`${server.url}/boards/winter-cup`);
  await viewer.getByText("No scores yet").waitFor();
  await waitForStatus(viewer, "polling");

  await organizer.goto(`${server.url}/settings#keys`);
  await organizer.getByText("New key").click();
  await organizer.getByLabel("Name", { exact: true }).last().fill("Game server");
  await organizer.getByLabel("Only these").check();
  await organizer.getByLabel("Winter Cup!").check();
  await organizer.getByRole("button", { name: "Create key" }).click();
  const key = await organizer.getByRole("region", { name: "The new key" }).textContent();
  expect(await organizer.getByRole("region", { name: "Command that posts a score" }).textContent()).toContain(key);

  const posted = await fetch(`${server.url}/api/v1/boards/winter-cup/scores`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ player: "ada", name: "Ada", score: 42, tiebreaks: [1] }),
  });
  expect(posted.status).toBe(200);
  await waitForOrder(viewer, ["Ada"], 6_000);

  await organizer.goto(`${server.url}/settings/boards/winter-cup`);
  const toggle = organizer.getByRole("switch", { name: "Stream updates" });
  await toggle.click();
  await waitForStatus(viewer, "live", 7_000);
  await organizer.locator('dt:text("Watching by stream") + dd:text("1")').waitFor();
  await organizer.getByText(/^With 1 viewer and 1 score a minute, |^No scores arrive just now/).waitFor();
  await toggle.click();
  await waitForStatus(viewer, "polling", 7_000);
});

it("shows what is wrong beside the field, and saves nothing", async () => {
  await organizer.goto(`${server.url}/settings`);
  await organizer.getByText("New board").click();
  await organizer.getByLabel("Name", { exact: true }).first().fill("Another");
  await organizer.getByLabel("Id").fill("winter-cup");
  await organizer.getByRole("button", { name: "Create board" }).click();
  await organizer
    .getByRole("alert")
    .getByText(/winter-cup|taken|exists/i)
    .waitFor();
  await organizer.getByLabel("Id").fill("another");
  await organizer.getByRole("button", { name: "Add a tiebreak" }).click();
  await organizer.getByLabel("Name of tiebreak 1").fill("not a name");
  await organizer.getByRole("button", { name: "Create board" }).click();
  await organizer.getByRole("group", { name: "Tiebreaks" }).getByText("It must be").waitFor();
  const boards = await (await fetch(`${server.url}/api/v1/boards`)).json();
  expect(boards.boards.map((board: { id: string }) => board.id)).not.toContain("another");
});

it("revokes a key after asking, and deletes a board only when its id was typed", async () => {
  await organizer.goto(`${server.url}/settings`);
  const row = organizer.getByRole("listitem").filter({ hasText: "Game server" });
  await row.getByRole("button", { name: "Revoke" }).click();
  await organizer.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await row.getByText(/revoked/).waitFor();

  await organizer.goto(`${server.url}/settings/boards/winter-cup`);
  await organizer.getByRole("button", { name: "Delete board" }).click();
  const dialog = organizer.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Delete board" });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("winter-cup");
  await confirm.click();
  await organizer.waitForURL("**/settings");
  expect((await fetch(`${server.url}/api/v1/boards/winter-cup`)).status).toBe(404);
});

it("lets the link be used once, and others in by an invitation", async () => {
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(firstLinkIn(server.output()));
  const fill = async (email: string) => {
    await stranger.getByLabel("Your name").fill("Ivo");
    await stranger.getByLabel("Email").fill(email);
    await stranger.getByLabel("Password").fill("a long walk to the lake");
    await stranger.getByRole("button", { name: "Create account" }).click();
  };
  await fill("ivo@example.com");
  await stranger.getByRole("alert").getByText("The link was used").waitFor();

  await organizer.getByRole("button", { name: "Make an invitation link" }).click();
  const link = await organizer.getByRole("region", { name: "Invitation link" }).textContent();
  await stranger.goto(link ?? "");
  await fill(organizerLogin.email);
  await stranger.getByText("Belongs to an organizer already.").waitFor();
  await fill("ivo@example.com");
  await stranger.waitForURL("**/settings");
});

it("signs out and in again, and says when email and password do not belong together", async () => {
  await organizer.goto(`${server.url}/settings`);
  await organizer.getByRole("button", { name: "Sign out" }).click();
  await organizer.waitForURL("**/sign-in");
  await organizer.goto(`${server.url}/settings`);
  expect(new URL(organizer.url()).pathname).toBe("/sign-in");
  await organizer.getByLabel("Email").fill(organizerLogin.email);
  await organizer.getByLabel("Password").fill("not this one at all");
  await organizer.keyboard.press("Enter");
  await organizer.getByRole("alert").getByText("do not belong together").waitFor();
  await organizer.getByLabel("Password").fill(organizerLogin.password);
  await organizer.keyboard.press("Enter");
  await organizer.waitForURL("**/settings");
});
