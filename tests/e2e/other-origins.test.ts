/** What a page of another site may read of Rungs, and what it may not, in a real browser. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ForeignSite, startForeignSite } from "@/tests/support/foreign-site";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;
let foreign: ForeignSite;
let page: Page;

beforeAll(async () => {
  stage = await openStage();
  foreign = await startForeignSite();
  await stage.createBoard({ id: "cup", name: "Cup", delivery: "sse", embedHosts: ["*"] });
  await stage.post("cup", [
    { player: "ada", score: 3 },
    { player: "bob", score: 2 },
  ]);
  // As an organizer, whose cookies must not matter.
  page = await stage.organizer.context().newPage();
  await page.goto(`http://127.0.0.1:${foreign.port}/`);
});

afterAll(async () => {
  foreign?.close();
  await stage?.close();
});

interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** What a script of the foreign page gets; null where the browser keeps the reply from it. */
function read(path: string, init: RequestInit = {}): Promise<Answer | null> {
  return page.evaluate(
    async ([url, options]) => {
      const reply = await fetch(url, options).catch(() => null);
      return reply && { status: reply.status, headers: Object.fromEntries(reply.headers), text: await reply.text() };
    },
    [stage.server.url + path, init] as const,
  );
}

const board = "/api/v1/boards/cup";

it.each([
  "/api/v1/boards",
  board,
  `${board}?limit=1&offset=1`,
  `${board}/players/ada`,
  `${board}/players?q=a`,
  `${board}/at?seq=1`,
  `${board}/race`,
  `${board}/timeline`,
  `${board}/players/ada/history`,
  `${board}/players/ada/events`,
  "/api/v1/openapi.json",
])("a script of another site reads %s", async (path) => {
  expect(await read(path)).toMatchObject({ status: 200 });
});

it("a script of another site reads how to embed a board", async () => {
  expect(await read(`/api/v1/oembed?url=${stage.server.url}/boards/cup`)).toMatchObject({ status: 200 });
});

it.each([
  ["/api/v1/boards/none", 404],
  [`${board}?limit=0`, 422],
  [`${board}/players/nobody`, 404],
  [`${board}/at?seq=x`, 422],
  ["/api/v1/boards/none/stream", 404],
])("a script of another site reads why %s is refused", async (path, status) => {
  const answer = await read(path);
  expect(answer?.status).toBe(status);
  expect(JSON.parse(answer?.text ?? "").status).toBe(status);
});

it("a poll shows its tag and interval, and is asked again by the tag: 304", async () => {
  const first = await read(board);
  expect(first?.headers).toMatchObject({ "poll-interval": "5" });
  const again = await read(board, { headers: { "If-None-Match": first?.headers.etag ?? "" } });
  expect([again?.status, again?.headers.etag]).toEqual([304, first?.headers.etag]);
  const player = await read(`${board}/players/ada`);
  const unchanged = await read(`${board}/players/ada`, { headers: { "If-None-Match": player?.headers.etag ?? "" } });
  expect(unchanged?.status).toBe(304);
});

it("what the browser holds is brought up to date by the browser itself", async () => {
  for (let i = 0; i < 2; i++) expect((await read(board, { cache: "no-cache" }))?.status).toBe(200);
});

it("an EventSource of another site gets the snapshot and what follows", async () => {
  const next = page.evaluate(
    (url) =>
      new Promise((resolve) => {
        const source = new EventSource(url);
        source.addEventListener("snapshot", () => document.body.append("joined"));
        source.addEventListener("delta", ({ data }) => {
          source.close();
          resolve(JSON.parse(data).changed[0].player);
        });
      }),
    `${stage.server.url}${board}/stream`,
  );
  await page.getByText("joined").waitFor();
  await stage.post("cup", [{ player: "bob", score: 9 }]);
  expect(await next).toBe("bob");
});

it("a player's page on another site reads the inbox with the token, and acknowledges it", async () => {
  const authorization = `Bearer ${await stage.tokenFor("ada")}`;
  const inbox = `${board}/players/ada/inbox`;
  expect(await read(inbox, { headers: { authorization } })).toMatchObject({ status: 200 });
  const headers = { authorization, "content-type": "application/json" };
  const ack = await read(`${inbox}/ack`, { method: "POST", headers, body: '{"ids":["1"]}' });
  expect(ack?.status).toBeLessThan(500);
  expect(ack).not.toBeNull();
  expect(await read(inbox, { headers: { authorization: "Bearer rungsp_none" } })).toMatchObject({ status: 401 });
});

it.each<[string, string, RequestInit]>([
  ["settings", `${board}/settings`, {}],
  ["how a board is watched", `${board}/activity`, {}],
  ["API keys", "/api/v1/keys", {}],
  ["invitations", "/api/v1/invitations", {}],
  ["the session", "/api/auth/get-session", {}],
  ["metrics", "/metrics", {}],
])("a script of another site reads nothing of %s, with cookies or without", async (_, path, init) => {
  expect(await read(path, init)).toBeNull();
  expect(await read(path, { ...init, credentials: "include" })).toBeNull();
});

it("a script of another site reads nothing public with the organizer's cookies", async () => {
  expect(await read(board, { credentials: "include" })).toBeNull();
});

it("a script of another site cannot post scores, nor change, make or delete boards", async () => {
  const headers = { authorization: `Bearer ${stage.key}`, "content-type": "application/json" };
  expect(await read(`${board}/scores`, { method: "POST", headers, body: '{"player":"eve","score":99}' })).toBeNull();
  expect(await read(board, { method: "PATCH", headers, body: '{"name":"Mine"}' })).toBeNull();
  expect(await read(board, { method: "DELETE", headers })).toBeNull();
  expect(await read("/api/v1/boards", { method: "POST", headers, body: '{"id":"x","name":"X"}' })).toBeNull();
  expect(await read(`${board}/players/eve`)).toMatchObject({ status: 404 });
  expect(await read(board)).toMatchObject({ status: 200, text: expect.stringContaining('"name":"Cup"') });
});
