import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Entry, Snapshot } from "@/lib/domain/snapshot";
import { snapshotSchema } from "@/lib/http/reply-schemas";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { metric } from "@/tests/support/scrape";

let api: ApiServer;
let manager: { authorization: string };
/** A board of 120 players whom no test changes. */
let still: string;

beforeAll(async () => {
  api = await startApi();
  manager = await api.newKey(["boards:manage"]);
  still = await boardOf(120);
});

afterAll(() => api.close());

async function boardOf(players: number): Promise<string> {
  const board = await api.newBoard();
  const scores = Array.from({ length: players }, (_, i) => ({
    player: `p${i}`,
    score: (i * 7) % 40,
    name: `Name ${i}`,
  }));
  await api.score(board, { scores });
  return board;
}

const at = (board: string, query = "") => `/api/v1/boards/${board}${query}`;

test("a page has the documented shape and headers", async () => {
  const reply = await api.get(at(still));
  expect(reply.status).toBe(200);
  expect(reply.headers).toMatchObject({
    "content-type": "application/json",
    "content-length": String(reply.bytes.length),
    "cache-control": "public, max-age=0, s-maxage=1, stale-while-revalidate=1",
    "poll-interval": "5",
    vary: "Accept-Encoding",
  });
  const page: Snapshot = reply.json();
  expect(Object.keys(page)).toEqual(["board", "epoch", "version", "asOf", "total", "entries"]);
  expect(Object.keys(page.entries[0] ?? {})).toEqual(["rank", "position", "player", "name", "score", "tiebreaks"]);
  expect(snapshotSchema.parse(page)).toEqual(page);
  expect(page.board.id).toBe(still);
  expect(page.total).toBe(120);
  expect(page.entries).toHaveLength(100);
  expect(new Date(page.asOf).toISOString()).toBe(page.asOf);
  expect(reply.headers.etag).toMatch(new RegExp(`^W/"${page.epoch}-${page.version}~[^"]+"$`));
});

test("HEAD tells the same without a body", async () => {
  const [get, head] = [await api.get(at(still)), await api.call("HEAD", at(still))];
  expect(head.status).toBe(200);
  expect(head.bytes).toHaveLength(0);
  for (const name of ["etag", "content-length", "content-type", "cache-control", "poll-interval", "vary"]) {
    expect(head.headers[name]).toBe(get.headers[name]);
  }
});

test("pages of every size and place are parts of the whole", async () => {
  const whole: Entry[] = (await api.get(at(still, "?limit=1000"))).json().entries;
  expect(whole.map(({ position }) => position)).toEqual(whole.map((_, i) => i + 1));
  for (const [offset, limit] of [
    [0, 1],
    [0, 120],
    [17, 3],
    [99, 2],
    [100, 100],
    [119, 1000],
    [120, 5],
    [100_000_000, 1],
  ] as const) {
    const page: Snapshot = (await api.get(at(still, `?offset=${offset}&limit=${limit}`))).json();
    expect(page.entries).toEqual(whole.slice(offset, offset + limit));
    expect(page.total).toBe(120);
  }
});

test("what is at the client already is answered with 304 and the same headers", async () => {
  const { headers } = await api.get(at(still));
  const etag = headers.etag ?? "";
  const strong = etag.slice(2);
  for (const known of [etag, strong, "*", `"x", ${etag}`, `${etag},"x"`, `W/"a,b" , ${strong}`]) {
    const reply = await api.get(at(still), { "if-none-match": known });
    expect([known, reply.status, reply.bytes.length]).toEqual([known, 304, 0]);
    for (const name of ["etag", "cache-control", "poll-interval", "vary"]) {
      expect(reply.headers[name]).toBe(headers[name]);
    }
  }
});

test.each([
  'W/"other-1~1.100.0"',
  '""',
  "W/",
  "garbage",
  '"',
  ",,,",
  "\u00ff\u00fe",
  '"unfinished',
  "**",
  "null",
  `"${"x".repeat(8_000)}"`,
])("an If-None-Match of %j matches nothing and hurts nobody", async (known) => {
  const reply = await api.get(at(still), { "if-none-match": known });
  expect(reply.status).toBe(200);
  expect(reply.json().total).toBe(120);
});

test("the ETag without its quotes, or a part of it, does not match", async () => {
  const etag = (await api.get(at(still))).headers.etag ?? "";
  for (const known of [etag.slice(3, -1), etag.slice(0, -2), `x${etag.slice(3)}`]) {
    expect((await api.get(at(still), { "if-none-match": known })).status).toBe(200);
  }
});

test("each view has an ETag of its own", async () => {
  const tags = new Set<string | undefined>();
  for (const query of ["", "?limit=99", "?offset=1", "?limit=10&offset=1", "?limit=1&offset=10"]) {
    tags.add((await api.get(at(still, query))).headers.etag);
  }
  expect(tags.size).toBe(5);
  const plain = await api.get(at(still));
  expect((await api.get(at(still, "?offset=0&limit=100"))).headers.etag).toBe(plain.headers.etag);
});

test("a score, a name and a setting each change the ETag; what changes nothing does not", async () => {
  const board = await boardOf(3);
  const tags: (string | undefined)[] = [];
  const look = async () => tags.push((await api.get(at(board))).headers.etag);
  await look();
  await api.score(board, { player: "new", score: 1 });
  await look();
  await api.score(board, { player: "new", score: 1, name: "New" });
  await look();
  for (const change of [{ name: "Another" }, { rankStyle: "dense" }, { delivery: "sse" }]) {
    expect((await api.call("PATCH", at(board), change, manager)).status).toBe(200);
    await look();
  }
  expect(new Set(tags).size).toBe(6);
  await api.score(board, { player: "new", score: 1, name: "New" });
  expect((await api.get(at(board), { "if-none-match": tags.at(-1) ?? "" })).status).toBe(304);
});

test.each([
  ["gzip", "gzip", gunzipSync],
  ["br", "br", brotliDecompressSync],
  ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
  ["gzip;q=1.0, br;q=0", "gzip", gunzipSync],
  [" GZIP ", "gzip", gunzipSync],
  ["identity", undefined, (bytes: Buffer) => bytes],
  ["br;q=0.000", undefined, (bytes: Buffer) => bytes],
  ["", undefined, (bytes: Buffer) => bytes],
  ["deflate, zstd, \u00ff", undefined, (bytes: Buffer) => bytes],
])("Accept-Encoding %j is answered with %s, which holds the same JSON", async (accept, encoding, decode) => {
  const plain = await api.get(at(still));
  const reply = await api.get(at(still), { "accept-encoding": accept });
  expect(reply.headers["content-encoding"]).toBe(encoding);
  expect(reply.headers["content-length"]).toBe(String(reply.bytes.length));
  expect(decode(reply.bytes).toString()).toBe(plain.text);
  if (encoding) expect(reply.bytes.length).toBeLessThan(plain.bytes.length / 3);
});

test("a version is compressed once, and the same bytes go to everyone", async () => {
  const board = await boardOf(100);
  await Promise.all(Array.from({ length: 20 }, () => api.get(at(board), { "accept-encoding": "br" })));
  const view = await api.services.views.read(board, { offset: 0, limit: 100 });
  for (const encoding of ["br", "gzip", "identity"] as const) {
    const [one, two] = await Promise.all([view.encoded(encoding), view.encoded(encoding)]);
    expect(one.encoding).toBe(encoding);
    expect(one.body).toBe(two.body);
    expect(await api.services.views.read(board, { offset: 0, limit: 100 })).toBe(view);
  }
});

test("a hundred who ask at once after a change cause one read of the page", async () => {
  const board = await boardOf(100);
  await api.get(at(board));
  const page = vi.spyOn(api.services.index, "page");
  try {
    for (let round = 1; round <= 3; round++) {
      await api.score(board, { player: "new", score: 100 + round });
      page.mockClear();
      const replies = await Promise.all(Array.from({ length: 100 }, () => api.get(at(board))));
      expect(replies.map((reply) => reply.json().entries[0].score)).toEqual(replies.map(() => 100 + round));
      expect(page).toHaveBeenCalledTimes(1);
    }
    await Promise.all(Array.from({ length: 100 }, () => api.get(at(board))));
    expect(page).toHaveBeenCalledTimes(1);
  } finally {
    page.mockRestore();
  }
});

test("a change that another instance made is seen within a second", async () => {
  const board = await boardOf(2);
  await api.get(at(board));
  const { uid, ...settings } = (await api.services.liveBoards.get(board)).board;
  const change = { player: "elsewhere", name: "elsewhere", values: [99], reached: 50, seq: 50 };
  // What another instance does to the index; this one hears of it, or finds out.
  await api.services.index.apply({ uid, ...settings }, [change], []);
  const changedAt = performance.now();
  await vi.waitFor(async () => expect((await api.get(at(board))).json().total).toBe(3), {
    timeout: 5_000,
    interval: 20,
  });
  expect(performance.now() - changedAt).toBeLessThan(1_000);
});

test("an unknown board is a 404 and leaves nothing behind", async () => {
  for (const id of ["no-such-board", "-a", "a".repeat(64), "UPPER", "a%00b", "%F0%9F%AA%9C", "a%2Fb", "%20"]) {
    const reply = await api.get(at(id));
    expect([id, reply.status, reply.json().code]).toEqual([id, 404, "board-not-found"]);
  }
});

test("a poll that says what it has is an acknowledgement: metrics tell how far behind the board's viewers are", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  const { headers } = await api.get(at(board));
  await api.score(board, { player: "a", score: 2 });
  await expect
    .poll(async () => (await api.get(at(board), { "if-none-match": String(headers.etag) })).status, { timeout: 2_000 })
    .toBe(200);
  expect(await metric(api, "rungs_acknowledged_behind_seconds", { board })).toBeGreaterThan(0);
  expect(await metric(api, "rungs_acknowledgements", { board })).toBeGreaterThan(0);
});
