import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { presentBoard } from "@/lib/leaderboard/present-board";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import type { HttpReply } from "@/tests/support/http-client";
import { problemOf } from "@/tests/support/problem";

let api: ApiServer;
let board: string;
let before: Record<string, number>;

beforeAll(async () => {
  api = await startApi({ redisUrl: null, background: false });
});

afterAll(() => api.close());

beforeEach(async () => {
  board = await api.newBoard({ decimals: 2, tiebreaks: [{ name: "time", order: "asc" }] });
  before = await api.rows();
});

const path = () => `/api/v1/boards/${board}/scores`;

async function expectRefused(reply: HttpReply, status: number, code: string, pointer?: string): Promise<void> {
  const problem = problemOf(reply);
  expect([reply.status, problem.code]).toEqual([status, code]);
  expect(problem.instance).toBe(path());
  if (pointer !== undefined) expect(problem.errors.map((error) => error.pointer)).toContain(pointer);
  expect(await api.rows()).toEqual(before);
}

async function expectServed(numbers: string): Promise<void> {
  expect((await api.get(`/api/v1/boards/${board}`)).text).toContain(numbers);
}

test.each([
  ["nothing", ""],
  ["half an object", '{"player":"a","score":1'],
  ["a trailing comma", '{"player":"a","score":1,}'],
  ["single quotes", "{'player':'a','score':1}"],
  ["two values", '{"player":"a","score":1} {}'],
  ["a comment", '{"player":"a","score":1/*!*/}'],
  ["NaN", '{"player":"a","score":NaN}'],
  ["Infinity", '{"player":"a","score":-Infinity}'],
  ["a leading zero", '{"player":"a","score":01}'],
  ["a leading plus", '{"player":"a","score":+1}'],
  ["hexadecimal", '{"player":"a","score":0x10}'],
  ["a point without digits", '{"player":"a","score":1.}'],
  ["one member twice", '{"player":"a","score":1,"score":2}'],
  ["a raw NUL", '{"player":"a\u0000","score":1}'],
  ["a raw line break", '{"player":"a\n","score":1}'],
  ["bytes that are not UTF-8", Buffer.from('{"player":"\xff","score":1}', "latin1")],
  ["a surrogate in bytes", Buffer.from('{"player":"\xed\xa0\x80","score":1}', "latin1")],
  ["UTF-16", Buffer.from('{"player":"a","score":1}', "utf16le")],
])("%s is not JSON", async (_, body) => {
  await expectRefused(await api.score(board, body), 400, "invalid-json");
});

test.each([
  ["lists 32 deep", "[".repeat(32) + "]".repeat(32), 422],
  ["a score 32 deep", `{"player":"a","score":${"[".repeat(31)}${"]".repeat(31)}}`, 422],
  ["lists 33 deep", "[".repeat(33) + "]".repeat(33), 400],
  ["objects 1,000 deep", `${'{"scores":'.repeat(1_000)}1${"}".repeat(1_000)}`, 400],
  ["lists 200,000 deep", "[".repeat(200_000) + "]".repeat(200_000), 400],
  ["objects 200,000 deep", `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`, 400],
  ["lists 200,000 deep that never end", "[".repeat(200_000), 400],
])("%s are refused and exhaust nothing", async (_, body, status) => {
  for (const headers of [{}, { "idempotency-key": "deep" }]) {
    const reply = await api.score(board, body, headers);
    await expectRefused(reply, status, problemOf(reply).code);
  }
  expect((await api.score(board, { player: "a", score: 1 })).status).toBe(200);
});

test("10 MB are too large, whether the length is announced or not", async () => {
  const { authorization } = await api.newKey(["scores:write"]);
  before = await api.rows();
  const headers = { authorization, "content-type": "application/json" };
  const announced = await api.call("POST", path(), `{"player":"${"a".repeat(10_000_000)}","score":1}`, headers);
  await expectRefused(announced, 413, "body-too-large");
  const chunks = Array.from({ length: 160 }, () => Buffer.alloc(65_536, " "));
  const chunked = await api.send({ method: "POST", path: path(), headers, body: chunks });
  await expectRefused(chunked, 413, "body-too-large");
});

test("2 MB are fine, one byte more is not", async () => {
  const body = (bytes: number) => '{"player":"a","score":1}'.padEnd(bytes, " ");
  await expectRefused(await api.score(board, body(2 * 1024 * 1024 + 1)), 413, "body-too-large");
  expect((await api.score(board, body(2 * 1024 * 1024))).status).toBe(200);
});

test.each([
  ["1e309", "1e309"],
  ["-1e309", "-1e309"],
  ["1e999999999999999999", "1e999999999999999999"],
  ["2^53 + 1, as the board counts it", "90071992547409.93"],
  ["2^53", "90071992547409.92"],
  ["-2^53", "-90071992547409.92"],
  ["too many decimals", "1.005"],
  ["a denormal", "5e-324"],
  ["a text", '"1"'],
  ["a list", "[1]"],
  ["an object", '{"text":"1"}'],
  ["null", "null"],
  ["true", "true"],
])("a score that is %s is refused, and so is such a tiebreak, unless it is null", async (_, score) => {
  await expectRefused(await api.score(board, `{"player":"a","score":${score}}`), 422, "invalid-scores", "/score");
  if (score === "null") return;
  const tiebreak = await api.score(board, `{"scores":[{"player":"a","score":1,"tiebreaks":[${score}]}]}`);
  await expectRefused(tiebreak, 422, "invalid-scores", "/scores/0/tiebreaks/0");
});

test("a refusal says whether it is about one score or several", async () => {
  const bad = { player: "a", score: "x" };
  for (const [body, detail] of [
    [bad, "The score is not valid."],
    [{ scores: [bad] }, "The score is not valid."],
    [{ scores: [bad, bad] }, "None of the scores is valid."],
  ] as const) {
    expect(problemOf(await api.score(board, body)).detail).toBe(detail);
  }
});

test("2^53 + 1 is refused on a board without decimals, where a float could not tell it from 2^53", async () => {
  board = await api.newBoard();
  before = await api.rows();
  for (const score of ["9007199254740993", "9007199254740992", "-9007199254740993"]) {
    await expectRefused(await api.score(board, `{"player":"a","score":${score}}`), 422, "invalid-scores", "/score");
  }
});

test("-0 is 0", async () => {
  const reply = await api.score(board, '{"player":"a","score":-0,"tiebreaks":[-0.00]}');
  expect(reply.text).toContain('"score":0,"tiebreaks":[0]');
  await expectServed('"score":0,"tiebreaks":[0]');
  const { uid } = await presentBoard(api.services, board);
  const [row] = await api.services.database.sql`select score, t1 from standings where board_uid = ${uid}`;
  expect(row).toEqual({ score: 0, t1: 0 });
  expect(Object.values(row ?? {}).some((value) => Object.is(value, -0))).toBe(false);
});

test.each([
  ["NUL", "a\\u0000b"],
  ["a lone high surrogate", "a\\ud800"],
  ["a lone low surrogate", "\\udc00a"],
  ["surrogates the wrong way round", "\\udc00\\ud800"],
  ["an escape character", "\\u001b[31m"],
  ["a C1 control character", "\\u0085"],
  ["nothing", ""],
  ["129 characters", "a".repeat(129)],
  ["129 emoji", "🪜".repeat(129)],
])("%s is no player and no name", async (_, text) => {
  await expectRefused(await api.score(board, `{"player":"${text}","score":1}`), 422, "invalid-scores", "/player");
  const named = await api.score(board, `{"player":"a","score":1,"name":"${text}"}`);
  await expectRefused(named, 422, "invalid-scores", "/name");
});

test.each([
  ["Hebrew", "שחקן מספר אחת"],
  ["Arabic with marks of direction", "\u202bلاعب\u202c \u200f١"],
  ["emoji", "👩🏽‍🚀🏳️‍🌈🪜"],
  ["128 emoji", "🪜".repeat(128)],
  ["combining marks", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!"],
  ["quotes and backslashes", "\"'\\\\/<script>&amp;"],
  ["__proto__", "__proto__"],
  ["constructor", "constructor"],
  ["a number's text", "1e5"],
  ["the replacement character", "\ufffd"],
  ["noncharacters", "\uffff\u{10ffff}"],
])("%s is a player and a name like any other", async (_, text) => {
  const reply = await api.score(board, { player: text, score: 5, name: text });
  expect(reply.json().results).toMatchObject([{ player: text, status: "applied", rank: 1 }]);
  const { entries } = (await api.get(`/api/v1/boards/${board}`)).json();
  expect(entries).toEqual([{ rank: 1, position: 1, player: text, name: text, score: 5, tiebreaks: [null] }]);
  const found = await api.get(`/api/v1/boards/${board}/players/${encodeURIComponent(text)}`);
  expect(found.json().entry).toEqual(entries[0]);
});

test("1,001 scores and none are refused, the latter also by another name", async () => {
  const scores = (length: number) => ({ scores: Array.from({ length }, (_, i) => ({ player: `p${i}`, score: i })) });
  await expectRefused(await api.score(board, scores(1_001)), 422, "invalid-request", "/scores");
  await expectRefused(await api.score(board, scores(0)), 422, "invalid-request", "/scores");
  await expectRefused(await api.score(board, "[]"), 422, "invalid-request", "");
  await expectRefused(await api.score(board, "{}"), 422, "invalid-scores", "/player");
});

test.each([
  ["a text", '"score"'],
  ["a number", "1"],
  ["null", "null"],
  ["a list of scores", '[{"player":"a","score":1}]'],
  ["scores beside something", '{"scores":[{"player":"a","score":1}],"board":"x"}'],
  ["scores that are no list", '{"scores":{"player":"a","score":1}}'],
])("%s is not what can be posted", async (_, body) => {
  await expectRefused(await api.score(board, body), 422, "invalid-request");
});

test("a prototype handed in is a member like any other, and not asked for", async () => {
  const inside = '{"__proto__":{"player":"a","score":1}}';
  await expectRefused(await api.score(board, inside), 422, "invalid-scores");
  await expectRefused(
    await api.score(board, '{"__proto__":{"scores":[{"player":"a","score":1}]}}'),
    422,
    "invalid-scores",
  );
  await expectRefused(
    await api.score(board, '{"player":"a","score":1,"__proto__":{"name":"x"}}'),
    422,
    "invalid-scores",
  );
  expect(Object.hasOwn(Object.prototype, "name")).toBe(false);
});

test("an unknown board is a 404, whatever else is wrong", async () => {
  board = "no-such-board";
  await expectRefused(await api.score(board, { player: "a", score: 1 }), 404, "board-not-found");
  await expectRefused(await api.score(board, { player: "", score: "1" }), 404, "board-not-found");
});

test("no key, a revoked one, a wrong scope, another board's: 401 or 403", async () => {
  const revoked = await api.newKey(["scores:write"]);
  await api.services.apiKeys.revoke(revoked.id);
  const manager = await api.newKey(["boards:manage"]);
  const elsewhere = await api.newKey(["scores:write"], ["another"]);
  before = await api.rows();
  const send = (headers: Record<string, string>) => api.call("POST", path(), { player: "a", score: 1 }, headers);
  await expectRefused(await send({}), 401, "unauthorized");
  await expectRefused(await send({ authorization: "" }), 401, "unauthorized");
  await expectRefused(await send({ authorization: "Bearer" }), 401, "unauthorized");
  await expectRefused(await send({ authorization: "Bearer a b" }), 401, "unauthorized");
  await expectRefused(
    await send({ authorization: revoked.authorization.replace("Bearer", "Basic") }),
    401,
    "unauthorized",
  );
  await expectRefused(await send({ authorization: revoked.authorization }), 401, "unauthorized");
  await expectRefused(await send({ authorization: manager.authorization }), 403, "forbidden");
  await expectRefused(await send({ authorization: elsewhere.authorization }), 403, "forbidden");
});

test("a reused Idempotency-Key with another body, and one that is none, are refused", async () => {
  const send = (key: string, score = 1) => api.score(board, { player: "a", score }, { "idempotency-key": key });
  expect((await send("a key")).status).toBe(200);
  before = await api.rows();
  await expectRefused(await send("a key", 2), 422, "idempotency-mismatch");
  for (const key of ["", '""', "k".repeat(256), "schlüssel", "a\tb"]) {
    await expectRefused(await send(key), 422, "invalid-request", "Idempotency-Key");
  }
  expect((await send("k".repeat(255))).status).toBe(200);
});
