/** What costly reads from one address may take of the server, and what others and the cheap reads keep. */
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import type { HttpReply } from "@/tests/support/http-client";
import { fillBySql } from "@/tests/support/large-board";
import { problemOf } from "@/tests/support/problem";
import { startRungs } from "@/tests/support/server";

const players = 5_000;
const greedy = { "x-forwarded-for": "192.0.2.1" };
let others = 0;
/** Somebody who has used up nothing yet. */
const another = () => ({ "x-forwarded-for": `198.51.100.${++others}` });
/** A second of the event loop at once, and then next to nothing. */
const stingy = {
  TRUSTED_PROXIES: "loopback",
  READ_BURST_SECONDS: "1",
  READ_PERCENT_PER_ADDRESS: "0.01",
  READ_PERCENT: "100",
};

let api: ApiServer;
let board: string;

beforeAll(async () => {
  api = await startApi({ env: stingy });
  board = await api.newBoard();
  await fillBySql(api.databaseUrl, board, players);
});

afterAll(() => api.close());

const at = (rest: string) => `/api/v1/boards/${board}${rest}`;
const windowAt = (offset: number) => at(`?limit=1000&offset=${offset}`);

/** Asks until the budget is used up; gives the first refusal. */
async function useUp(headers: Record<string, string>): Promise<HttpReply> {
  for (let offset = 1; offset < players; offset++) {
    const reply = await api.get(windowAt(offset), headers);
    if (reply.status !== 200) return reply;
  }
  throw new Error("the budget was never used up");
}

test("an address that has used up its budget gets 429 for costly reads, and nobody else does", async () => {
  const race = await api.get(at("/race"), greedy);
  const poll = await api.get(at(""), greedy);
  const list = "/api/v1/boards?q=kept";
  const unseen = await api.newBoard({ embedHosts: ["*"] });
  const refusal = await useUp(greedy);
  const { status, code } = problemOf(refusal);
  expect([status, code]).toEqual([429, "too-many-requests"]);
  expect(Number(refusal.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect(refusal.headers["access-control-allow-origin"]).toBe("*");

  const costly = [
    at("?limit=999&offset=3"),
    at("?limit=7"),
    at("/players?q=pl"),
    at("/players/player-9"),
    at("/players/player-9/events"),
    at("/players/player-9/history"),
    at("/at?seq=50"),
    at("/race?top=7"),
    at("/timeline"),
    list,
    `/api/v1/oembed?url=${encodeURIComponent(`${api.services.env.publicUrl}/boards/${unseen}`)}`,
    "/api/v1/boards/none",
  ];
  const asked = async (headersOfNext: () => Record<string, string>) => {
    const replies = await Promise.all(costly.map((path) => api.get(path, headersOfNext())));
    return replies.map((reply, i) => [costly[i], reply.status]);
  };
  expect(await asked(() => greedy)).toEqual(costly.map((path) => [path, 429]));
  const statuses = (await asked(another)).map(([, answered]) => answered);
  expect(statuses).toEqual([...costly.slice(1).map(() => 200), 404]);

  // An EventSource would not come back after any other status; this one is told when to.
  const stream = await api.get("/api/v1/boards/none/stream", greedy);
  expect([stream.status, stream.text]).toEqual([200, expect.stringContaining("event: bye")]);

  // What is held costs nothing, whoever asks.
  const held = [at("/race"), at(""), at("/timeline")];
  const again = await Promise.all(held.map((path) => api.get(path, greedy)));
  expect(again.map((reply) => reply.status)).toEqual([200, 200, 200]);
  expect(again[0]?.text).toBe(race.text);
  const unchanged = await api.get(at(""), { ...greedy, "if-none-match": String(poll.headers.etag) });
  expect(unchanged.status).toBe(304);
});

test("eight thousand viewers behind one address poll a board that changes, whatever else that address has used up", async () => {
  const crowd = { "x-forwarded-for": "192.0.2.2" };
  await useUp(crowd);
  const replies = new Map<number, number>();
  let etag = "";
  const poll = async () => {
    const reply = await api.get(at(""), { ...crowd, ...(etag && { "if-none-match": etag }) });
    etag = String(reply.headers.etag);
    replies.set(reply.status, (replies.get(reply.status) ?? 0) + 1);
  };
  for (let round = 0; round < 20; round++) {
    await api.score(board, { player: "player-1", score: 1_000_000 + round });
    await Promise.all(Array.from({ length: 400 }, poll));
  }
  expect((replies.get(200) ?? 0) + (replies.get(304) ?? 0)).toBe(8_000);
  expect(replies.get(200)).toBeGreaterThanOrEqual(20);
});

test("the standing of a player with a stream counts for the address that asks first, and is there once another pays", async () => {
  const streamed = await api.newBoard({ delivery: "sse" });
  await fillBySql(api.databaseUrl, streamed, 10);
  const spent = { "x-forwarded-for": "192.0.2.5" };
  await useUp(spent);
  const open = async (headers: Record<string, string>) => {
    const url = `http://127.0.0.1:${api.port}/api/v1/boards/${streamed}/stream?player=player-9`;
    const leaving = new AbortController();
    onTestFinished(() => leaving.abort());
    const seen = { text: "" };
    const { body } = await fetch(url, { headers, signal: leaving.signal });
    const write = (text: string) => {
      seen.text += text;
    };
    body
      ?.pipeThrough(new TextDecoderStream())
      .pipeTo(new WritableStream({ write }))
      .catch(() => undefined);
    return seen;
  };
  await api.get(`/api/v1/boards/${streamed}`, another());
  const { refused } = api.services.reads;
  const first = await open(spent);
  await vi.waitFor(() => expect(first.text).toContain("event: snapshot"));
  await vi.waitFor(() => expect(api.services.reads.refused).toBeGreaterThan(refused));
  expect(first.text).not.toContain("event: standing");
  const second = await open(another());
  const shown = () => [first, second].map(({ text }) => text.includes("event: standing"));
  await vi.waitFor(() => expect(shown()).toEqual([true, true]), { timeout: 5_000 });
});

test("pages are refused by a page that asks again by itself, in the viewer's language; others get theirs", async () => {
  const server = await startRungs({ env: { ...stingy, NODE_ENV: "production" } });
  onTestFinished(async () => void (await server.stop()));
  const page = (headers: Record<string, string>) => fetch(`${server.url}/nothing-here`, { headers });
  let refused: Response | undefined;
  for (let number = 0; number < 500 && !refused; number++) {
    const reply = await page(greedy);
    if (reply.status === 429) refused = reply;
    else await reply.arrayBuffer();
  }
  const seconds = Number(refused?.headers.get("retry-after"));
  const text = (await refused?.text()) ?? "";
  expect(text).toContain(`<meta http-equiv="refresh" content="${seconds}">`);
  expect(text).toContain('<html lang="en">');
  expect(refused?.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(refused?.headers.get("x-content-type-options")).toBe("nosniff");
  const german = await page({ ...greedy, "accept-language": "de" });
  expect([german.status, (await german.text()).includes('<html lang="de">')]).toEqual([429, true]);
  const script = /\/_next\/static\/[^"]+\.js/.exec(await (await page(another())).text())?.[0] ?? "";
  expect((await fetch(server.url + script, { headers: greedy })).status).toBe(200);
  expect((await page(another())).status).toBe(404);
  expect((await fetch(`${server.url}/healthz`, { headers: greedy })).status).toBe(200);
}, 120_000);
