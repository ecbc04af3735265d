import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { z } from "zod";
import { createInvitation } from "@/lib/auth/invitations";
import { acceptInvitationInput, createKeyInput, signInInput } from "@/lib/domain/access";
import { createBoardInput, updateBoardInput } from "@/lib/domain/board";
import { JsonNumber, scoresBody } from "@/lib/domain/score-input";
import { windowQuery } from "@/lib/http/board-reply";
import { streamQuery } from "@/lib/http/stream";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { goodPassword, tokenOf } from "@/tests/support/auth";
import { damagedBytes, mutatedJson, toJson } from "@/tests/support/broken-json";
import type { HttpCall, HttpReply } from "@/tests/support/http-client";
import { problemOf } from "@/tests/support/problem";
import { arbitraryOf } from "@/tests/support/schema-arbitrary";

interface Case {
  call: HttpCall;
  /** Statuses that are right; when left out, any but a failure of the server. */
  right?: readonly number[];
}

const batches = 50;
const casesPerBatch = 40;
const invalid = [400, 413, 422];

let api: ApiServer;
let board: string;
let boards: string[];
let writer: string;
let manager: string;
let organizer: Record<string, string>;

beforeAll(async () => {
  api = await startApi();
  organizer = await api.signIn();
  writer = (await api.newKey(["scores:write"])).authorization;
  manager = (await api.newKey(["boards:manage"])).authorization;
  const tiebreaks = ["one", "two"].map((name) => ({ name, order: "asc" as const }));
  board = await api.newBoard({ operator: "set", decimals: 6, tiebreaks, delivery: "sse" });
  boards = await Promise.all(Array.from({ length: 20 }, () => api.newBoard()));
});

afterAll(() => api.close());

/** Sends two thousand cases; between batches the test may do something. */
async function fuzz(cases: fc.Arbitrary<Case>, between: (batch: number) => Promise<unknown> = async () => {}) {
  let sent = 0;
  const property = fc.asyncProperty(
    fc.array(cases, { minLength: casesPerBatch, maxLength: casesPerBatch }),
    async (batch) => {
      await between(sent / casesPerBatch);
      await Promise.all(batch.map(async (one) => judge(one, await api.send(one.call, enoughOfStream))));
      sent += batch.length;
    },
  );
  await fc.assert(property, { numRuns: batches });
  expect(sent).toBeGreaterThanOrEqual(2_000);
}

/** Streams do not end by themselves; nothing else has events in it. */
const enoughOfStream = (text: string) => /^retry: \d+\n\n/.test(text);

function judge({ call, right }: Case, reply: HttpReply): void {
  try {
    expect(reply.status).toBeLessThan(500);
    if (right) expect(right).toContain(reply.status);
    if (reply.status >= 400) problemOf(reply);
  } catch (error) {
    throw new Error(`${inspect(call, { breakLength: 120 })}\n${reply.status} ${reply.text.slice(0, 1_000)}`, {
      cause: error,
    });
  }
}

const headerText = fc.oneof(
  fc.constantFrom(
    "",
    "*",
    "null",
    "gzip, br",
    "a=b; c",
    '"',
    'W/"a-1~1.100.0"',
    "pg-1",
    "a-1",
    "-1",
    "http://localhost",
  ),
  fc
    .array(fc.constantFrom(..."aZ0-_.,;=/*\"'%\\ \t~\u0080\u00e9\u00ff"), { maxLength: 30 })
    .map((list) => list.join("")),
);

const headerNames = [
  ...["accept", "accept-encoding", "accept-language", "cookie", "origin", "referer", "range", "if-none-match"],
  ...["if-match", "if-modified-since", "user-agent", "last-event-id", "forwarded", "x-forwarded-for", "x-real-ip"],
  ...["x-forwarded-host", "x-forwarded-proto", "x-rungs-client-address", "x-http-method-override", "pragma", "purpose"],
  ...["x-middleware-subrequest", "next-router-state-tree", "rsc", "sec-fetch-mode", "priority", "dnt"],
];

const wildHeaders = fc.dictionary(fc.constantFrom(...headerNames), headerText, { maxKeys: 3 });

const wildText = fc
  .array(
    fc.constantFrom(..."aZ09-_.~!$&'()*+,;=:@/?[]{}|^`\"<>\\%", "%00", "%2f", "%ff", "%F0%9F%AA%9C", "limit", "offset"),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(""));

const wildSegment = fc.oneof(
  fc.constantFrom("none", "%00", "..", "%2e%2e", "a%2Fb", "%ED%A0%80", "", "-", "UPPER", "x".repeat(4_000), "%"),
  wildText,
);

/** A query that a schema accepts. */
function queryOf(schema: z.ZodType): fc.Arbitrary<string> {
  return arbitraryOf(schema).map((values) => {
    const given = Object.entries(values as Record<string, string>).filter(([, value]) => value !== undefined);
    return `?${new URLSearchParams(given)}`;
  });
}

const wildQuery = wildText.map((text) => `?${text}`);

interface BodyRoute {
  method: string;
  path: fc.Arbitrary<string>;
  schema: z.ZodType;
  /** Headers with which the route is meant to be called. */
  headers: () => Record<string, string>;
  /** What is right for a body that the schema accepts. */
  right: readonly number[];
}

/** Bodies made from the schema, whole and broken; whether they are still good the schema says too. */
function bodyCases({ method, path, schema, headers, right }: BodyRoute): fc.Arbitrary<Case> {
  const valid = arbitraryOf(schema);
  const body = fc.oneof(valid.map(toJson), mutatedJson(valid), damagedBytes(valid));
  const authorised = fc.tuple(path, body, wildHeaders).map(([at, text, wild]): Case => {
    // What says who is asking stays as it is.
    const { origin: _origin, cookie: _cookie, ...more } = wild;
    const all = { ...more, "content-type": "application/json", ...headers() };
    return { call: { method, path: at, headers: all, body: text }, right: accepts(schema, text) ? right : invalid };
  });
  const stranger = fc.tuple(path, body, wildHeaders).map(([at, text, wild]): Case => {
    return { call: { method, path: at, headers: wild, body: text }, right: [401, 403] };
  });
  return fc.oneof({ weight: 9, arbitrary: authorised }, { weight: 1, arbitrary: stranger });
}

function accepts(schema: z.ZodType, body: string | Buffer): boolean {
  try {
    const text = typeof body === "string" ? body : new TextDecoder("utf-8", { fatal: true }).decode(body);
    return schema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

type Item = { player: string; tiebreaks?: JsonNumber[] };

/** As many tiebreaks as the board has. */
function fitted(value: unknown): { scores: Item[] } | Item {
  const one = value as { scores: Item[] } | Item;
  if ("scores" in one) return { scores: one.scores.map((item) => fitted(item) as Item) };
  if (!one.tiebreaks) return one;
  return { ...one, tiebreaks: [0, 1].map((i) => one.tiebreaks?.[i] ?? new JsonNumber("0")) };
}

test("posting scores never fails the server, and a good body is always taken", { timeout: 120_000 }, async () => {
  const valid = arbitraryOf(scoresBody).map(fitted);
  const path = fc.oneof({ weight: 9, arbitrary: fc.constant(board) }, { weight: 1, arbitrary: wildSegment });
  const base = { "content-type": "application/json", authorization: writer };
  const post = (text: string | Buffer, id: string, headers: Record<string, string>): HttpCall => ({
    method: "POST",
    path: `/api/v1/boards/${id}/scores`,
    headers,
    body: text,
  });
  const keys = fc.oneof(headerText, fc.constantFrom("k1", "k2", "k3", "x".repeat(256)));
  const broken = fc.oneof(mutatedJson(valid), damagedBytes(valid));
  await fuzz(
    fc.oneof(
      fc.tuple(valid, wildHeaders).map(([one, wild]): Case => {
        return { call: post(toJson(one), board, { ...wild, ...base }), right: [200] };
      }),
      fc.tuple(valid, keys).map(([one, key]): Case => {
        const headers = { ...base, "idempotency-key": key };
        return { call: post(toJson(one), board, headers), right: [200, 409, 422] };
      }),
      fc
        .tuple(broken, path, wildHeaders)
        .map(([text, id, wild]): Case => ({ call: post(text, id, { ...wild, ...base }) })),
      fc.tuple(broken, path, wildHeaders, headerText).map(([text, id, wild, authorization]): Case => {
        return { call: post(text, id, { ...wild, authorization }), right: [401, 404, 422] };
      }),
    ),
  );
});

test("a board is served or refused, whatever is asked", { timeout: 120_000 }, async () => {
  const at = (id: string, query: string) => `/api/v1/boards/${id}${query}`;
  const anyQuery = fc.oneof(queryOf(windowQuery), wildQuery);
  await fuzz(
    fc.oneof(
      fc.tuple(queryOf(windowQuery), wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(board, query), headers }, right: [200, 304] };
      }),
      fc.tuple(wildQuery, wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(board, query), headers }, right: [200, 304, 422] };
      }),
      fc
        .tuple(wildSegment, anyQuery, wildHeaders, fc.constantFrom("GET", "HEAD", "OPTIONS", "PUT"))
        .map(([id, query, headers, method]): Case => ({ call: { method, path: at(id, query), headers } })),
    ),
  );
});

test("a player is served or refused, whatever is asked", { timeout: 120_000 }, async () => {
  const at = (id: string, player: string, query: string) => `/api/v1/boards/${id}/players/${player}${query}`;
  const players = Array.from({ length: 30 }, (_, i) => `p${i}`);
  await api.score(board, { scores: players.map((player, score) => ({ player, score })) });
  const around = fc.integer({ min: 0, max: 50 }).map((rows) => `?around=${rows}`);
  await fuzz(
    fc.oneof(
      fc.tuple(fc.constantFrom(...players), around, wildHeaders).map(([player, query, headers]): Case => {
        return { call: { path: at(board, player, query), headers }, right: [200] };
      }),
      fc.tuple(arbitraryOf(scoresBody.options[0].shape.player), around).map(([player, query]): Case => {
        return { call: { path: at(board, encodeURIComponent(String(player)), query) }, right: [200, 404] };
      }),
      fc
        .tuple(fc.oneof(fc.constant(board), wildSegment), wildSegment, fc.oneof(around, wildQuery), wildHeaders)
        .map(([id, player, query, headers]): Case => ({ call: { path: at(id, player, query), headers } })),
    ),
  );
});

test("a stream opens or is refused, and nobody stays behind", { timeout: 120_000 }, async () => {
  const at = (id: string, query: string) => `/api/v1/boards/${id}/stream${query}`;
  await fuzz(
    fc.oneof(
      fc.tuple(queryOf(streamQuery), wildHeaders).map(([query, headers]): Case => {
        return { call: { path: at(board, query), headers }, right: [200] };
      }),
      fc
        .tuple(fc.oneof(fc.constant(board), wildSegment), wildQuery, wildHeaders)
        .map(([id, query, headers]): Case => ({ call: { path: at(id, query), headers } })),
    ),
  );
  await vi.waitFor(() => expect(api.services.hub.viewers).toBe(0), { timeout: 5_000 });
});

test("a board is made exactly when the schema accepts it", { timeout: 120_000 }, async () => {
  await fuzz(
    bodyCases({
      method: "POST",
      path: fc.constant("/api/v1/boards"),
      schema: createBoardInput,
      headers: () => ({ authorization: manager }),
      right: [201, 409],
    }),
  );
});

test("a board is changed exactly when the schema accepts it", { timeout: 120_000 }, async () => {
  await fuzz(
    bodyCases({
      method: "PATCH",
      path: fc.nat(boards.length - 1).map((i) => `/api/v1/boards/${boards[i]}`),
      schema: updateBoardInput,
      headers: () => organizer,
      right: [200],
    }),
  );
});

test("a key is made exactly when the schema accepts it", { timeout: 120_000 }, async () => {
  await fuzz(
    bodyCases({
      method: "POST",
      path: fc.constant("/api/v1/keys"),
      schema: createKeyInput,
      headers: () => organizer,
      right: [201],
    }),
  );
});

test("an invitation is made for organizers and nobody else", { timeout: 120_000 }, async () => {
  const body = fc.oneof(fc.constant(""), damagedBytes(fc.constant({ name: "x" })));
  const call = (headers: Record<string, string>, text: string | Buffer): HttpCall => ({
    method: "POST",
    path: "/api/v1/invitations",
    headers,
    body: text,
  });
  const type = { "content-type": "application/json" };
  await fuzz(
    fc.oneof(
      fc.tuple(wildHeaders, body).map(([wild, text]): Case => {
        return { call: call({ ...wild, ...type, ...organizer }, text), right: [201] };
      }),
      fc.tuple(wildHeaders, body).map(([wild, text]): Case => ({ call: call(wild, text), right: [401, 403] })),
      fc.tuple(headerText, body).map(([cookie, text]): Case => {
        return { call: call({ ...type, "sec-fetch-site": "same-origin", cookie }, text), right: [401] };
      }),
    ),
  );
});

test("an invitation is accepted when it is good, and only then", { timeout: 120_000 }, async () => {
  const call = { method: "POST", path: "/api/v1/invitations/accept" };
  const headers = () => ({ "sec-fetch-site": "same-origin" });
  await fuzz(
    bodyCases({ ...call, path: fc.constant(call.path), schema: acceptInvitationInput, headers, right: [410] }),
  );
  for (const input of fc.sample(arbitraryOf(acceptInvitationInput), 3)) {
    const inviter = (await api.get("/api/auth/get-session", organizer)).json().organizer;
    const token = tokenOf((await createInvitation(api.services, inviter)).url);
    const reply = await api.call("POST", call.path, { ...(input as object), token }, headers());
    expect([input, reply.status]).toEqual([input, 201]);
  }
});

test("whoever signs in gets in with the right password, else is refused in good order", {
  timeout: 120_000,
}, async () => {
  const call = { method: "POST", path: "/api/auth/sign-in/email" };
  const headers = () => ({ "sec-fetch-site": "same-origin" });
  const forgetTries = () => api.services.database.sql`delete from auth_rate_limits`;
  await fuzz(
    bodyCases({ ...call, path: fc.constant(call.path), schema: signInInput, headers, right: [401, 429] }),
    // Checking a password takes its time on purpose.
    async (batch) => batch % 10 === 0 && forgetTries(),
  );
  await forgetTries();
  const right = { email: "ada@example.com", password: goodPassword };
  expect((await api.call("POST", call.path, right, headers())).status).toBe(200);
});
