import { afterAll, beforeAll, expect, it } from "vitest";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  const ids = Array.from({ length: 60 }, (_, i) => `cup-${String(i + 1).padStart(2, "0")}`);
  for (const id of ids) await stage.createBoard({ id, name: `Cup ${id.slice(4)}` });
  await stage.organizer.goto(`${stage.server.url}/settings`);
});

afterAll(() => stage?.close());

const boards = () => stage.organizer.locator("#boards li p:first-child");

it("lists boards page by page, none twice and none left out", async () => {
  const { organizer } = stage;
  const first = await boards().allTextContents();
  expect(first).toHaveLength(50);
  await organizer.getByRole("link", { name: "Next page" }).click();
  await organizer.getByRole("link", { name: "First page" }).waitFor();
  const second = await boards().allTextContents();
  expect(await organizer.getByRole("link", { name: "Next page" }).count()).toBe(0);
  const cups = [...first, ...second].filter((name) => name.startsWith("Cup "));
  expect(cups).toEqual(Array.from({ length: 60 }, (_, i) => `Cup ${String(i + 1).padStart(2, "0")}`));
});

it("finds a board that is on another page, and says so when there is none", async () => {
  const { organizer } = stage;
  await organizer.goto(`${stage.server.url}/settings`);
  await organizer.getByRole("searchbox", { name: "Find a board" }).fill("CUP-60");
  await organizer.getByRole("searchbox", { name: "Find a board" }).press("Enter");
  await organizer.getByText("1 board", { exact: true }).waitFor();
  expect(await boards().allTextContents()).toEqual(["Cup 60"]);
  await organizer.getByRole("searchbox", { name: "Find a board" }).fill("no such board");
  await organizer.getByRole("button", { name: "Search" }).click();
  await organizer.getByText("0 boards", { exact: true }).waitFor();
  expect(await boards().count()).toBe(0);
});

it("makes a key for boards that are not listed, by their ids", async () => {
  const { organizer, server } = stage;
  await organizer.goto(`${server.url}/settings`);
  await organizer.getByText("New key").click();
  await organizer.getByLabel("Name", { exact: true }).last().fill("Finals");
  await organizer.getByLabel("Only these").check();
  await organizer.getByLabel("Cup 01").check();
  await organizer.getByLabel("Others, by their ids").fill("cup-59, cup-60");
  await organizer.getByRole("button", { name: "Create key" }).click();
  const key = await organizer.getByRole("region", { name: "The new key" }).textContent();
  const statuses = ["cup-01", "cup-59", "cup-60", "cup-02"].map(async (board) => {
    const reply = await fetch(`${server.url}/api/v1/boards/${board}/scores`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ player: "ada", score: 1 }),
    });
    return reply.status;
  });
  expect(await Promise.all(statuses)).toEqual([200, 200, 200, 403]);
});

it("shows none of it to a stranger, also not to one who asks for the page without what is around it", async () => {
  const page = ["__PAGE__", {}, null, "refetch"];
  const around = ["", { children: ["(site)", { children: ["settings", { children: page }] }] }];
  const headers = { rsc: "1", "next-router-state-tree": encodeURIComponent(JSON.stringify(around)) };
  for (const asked of [{}, { headers }]) {
    const reply = await fetch(`${stage.server.url}/settings`, asked);
    const body = await reply.text();
    expect([body.includes("Finals"), body.includes("Cup 01")]).toEqual([false, false]);
    expect(`${reply.url} ${body}`).toContain("/sign-in");
  }
});
