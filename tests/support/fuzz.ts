/** Thousands of requests that nobody would send on purpose, and what any of them may be answered with. */
import { inspect } from "node:util";
import fc from "fast-check";
import { expect } from "vitest";
import type { z } from "zod";
import { damagedBytes, mutatedJson, toJson } from "./broken-json";
import type { HttpCall, HttpClient, HttpReply } from "./http-client";
import { problemOf } from "./problem";
import { arbitraryOf } from "./schema-arbitrary";

export interface Case {
  call: HttpCall;
  /** Statuses that are right; when left out, any but a failure of the server. */
  right?: readonly number[];
}

const batches = 50;
const casesPerBatch = 40;
const invalid = [400, 413, 422];

/** Sends two thousand cases; between batches the test may do something. */
export async function fuzz(
  client: Pick<HttpClient, "send">,
  cases: fc.Arbitrary<Case>,
  between: (batch: number) => Promise<unknown> = async () => {},
): Promise<void> {
  let sent = 0;
  const property = fc.asyncProperty(
    fc.array(cases, { minLength: casesPerBatch, maxLength: casesPerBatch }),
    async (batch) => {
      await between(sent / casesPerBatch);
      await Promise.all(batch.map(async (one) => judge(one, await client.send(one.call, enoughOfStream))));
      sent += batch.length;
    },
  );
  await fc.assert(property, {
    numRuns: batches,
    // A failure names its one case; making the other thirty-nine smaller would tell nothing.
    endOnFailure: true,
    reporter({ failed, seed, errorInstance }) {
      if (failed) throw new Error(`a case failed, with the seed ${seed}`, { cause: errorInstance });
    },
  });
  expect(sent).toBeGreaterThanOrEqual(2_000);
}

/** Streams do not end by themselves; nothing else has events in it. */
const enoughOfStream = (text: string) => /^retry: \d+\n/.test(text);

function judge({ call, right }: Case, reply: HttpReply): void {
  try {
    expect(reply.status).toBeLessThan(500);
    if (right) expect(right).toContain(reply.status);
    if (reply.status >= 400 && call.method !== "HEAD") problemOf(reply);
  } catch (error) {
    throw new Error(`${inspect(call, { breakLength: 120 })}\n${reply.status} ${reply.text.slice(0, 1_000)}`, {
      cause: error,
    });
  }
}

export const headerText = fc.oneof(
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

export const wildHeaders = fc.dictionary(fc.constantFrom(...headerNames), headerText, { maxKeys: 3 });

const wildText = fc
  .array(
    fc.constantFrom(..."aZ09-_.~!$&'()*+,;=:@/?[]{}|^`\"<>\\%", "%00", "%2f", "%ff", "%F0%9F%AA%9C", "limit", "offset"),
    {
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(""));

export const wildSegment = fc.oneof(
  fc.constantFrom("none", "%00", "..", "%2e%2e", "a%2Fb", "%ED%A0%80", "", "-", "UPPER", "x".repeat(4_000), "%"),
  wildText,
);

/** A query that a schema accepts. */
export function queryOf(schema: z.ZodType): fc.Arbitrary<string> {
  return arbitraryOf(schema).map((values) => {
    const given = Object.entries(values as Record<string, string>).filter(([, value]) => value !== undefined);
    return `?${new URLSearchParams(given)}`;
  });
}

export const wildQuery = wildText.map((text) => `?${text}`);

export interface BodyRoute {
  method: string;
  path: fc.Arbitrary<string>;
  schema: z.ZodType;
  /** Headers with which the route is meant to be called. */
  headers: () => Record<string, string>;
  /** What is right for a body that the schema accepts. */
  right: readonly number[];
}

/** Bodies made from the schema, whole and broken; whether they are still good the schema says too. */
export function bodyCases({ method, path, schema, headers, right }: BodyRoute): fc.Arbitrary<Case> {
  const valid = arbitraryOf(schema);
  const body = fc.oneof(
    { weight: 1, arbitrary: valid.map(toJson) },
    { weight: 2, arbitrary: mutatedJson(valid) },
    { weight: 2, arbitrary: damagedBytes(valid) },
  );
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
