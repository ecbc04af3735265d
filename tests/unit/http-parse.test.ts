import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { createBodies } from "@/lib/body-memory";
import { JsonNumber } from "@/lib/domain/score-input";
import { bodyBytesMax, decodeBody, parseExact, readBody, readQuery, whole } from "@/lib/http/parse";
import { damagedBytes } from "@/tests/support/broken-json";

function posted(body: BodyInit, headers: Record<string, string> = { "content-type": "application/json" }): Request {
  return new Request("http://localhost/", { method: "POST", headers, body });
}

const services = { bodies: createBodies() };

/** What `JSON.parse` makes of bytes: the value, or nothing where it refuses. */
function plain(bytes: Buffer): { value: unknown } | null {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return null;
  }
}

const exactly = (bytes: Buffer) => parseExact(decodeBody(bytes));

function withPlainNumbers(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(withPlainNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withPlainNumbers(member)]));
}

test("with exact numbers exactly that is JSON which is JSON without them, and means the same", () => {
  const bytes = fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    damagedBytes(fc.jsonValue()),
    damagedBytes(
      fc.constant({ player: 'é\\"\u0001', score: -1.5e-7, tiebreaks: [0, 1e21, -0], deep: { a: [null, true] } }),
    ),
  );
  fc.assert(
    fc.property(bytes, (body) => {
      const expected = plain(body);
      if (expected === null) expect(() => exactly(body)).toThrow(expect.objectContaining({ code: "invalid-json" }));
      else expect(withPlainNumbers(unlessTwice(body) ?? expected.value)).toEqual(expected.value);
    }),
    { numRuns: 2_000 },
  );
});

/** Of a member given twice JSON.parse keeps the last; here it is refused. */
function unlessTwice(body: Buffer): unknown {
  try {
    return exactly(body);
  } catch (error) {
    expect((error as Error).message).toContain("Duplicate key");
    return undefined;
  }
}

test("a number keeps every character it was written with", () => {
  for (const text of ["9007199254740993", "1.10", "-0", "1e309", "0.1e+1", "123456789012345678901234567890.5"]) {
    expect(parseExact(`[${text}]`)).toEqual([new JsonNumber(text)]);
  }
});

test("a byte order mark is no part of the body", () => {
  expect(exactly(Buffer.from("\ufeff{}"))).toEqual({});
});

test("a body is read up to its limit, whatever Content-Length claims", async () => {
  const schema = z.string();
  const text = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
  expect(await readBody(services, posted(text(bodyBytesMax)), schema)).toHaveLength(bodyBytesMax - 2);
  await expect(readBody(services, posted(text(bodyBytesMax + 1)), schema)).rejects.toMatchObject({
    code: "body-too-large",
  });
  const claims = { "content-type": "application/json", "content-length": String(bodyBytesMax + 1) };
  await expect(readBody(services, posted('""', claims), schema)).rejects.toMatchObject({ code: "body-too-large" });
});

test("every problem of a body is told with a JSON pointer to its place, fifty at most", async () => {
  const schema = z.strictObject({ "a/b~c": z.array(z.int()), d: z.string() });
  const body = JSON.stringify({ "a/b~c": [1, "2"], d: 3, e: 4, ["f".repeat(33)]: 5 });
  await expect(readBody(services, posted(body), schema)).rejects.toMatchObject({
    code: "invalid-request",
    errors: [{ pointer: "/a~1b~0c/1" }, { pointer: "/d" }, { pointer: "", detail: "unknown: e" }],
  });
  const many = JSON.stringify(Array.from({ length: 100 }, () => "x"));
  const refusal = await readBody(services, posted(many), z.array(z.int())).catch((error) => error);
  expect(refusal.errors).toHaveLength(50);
});

test("a whole number is digits between its limits and nothing else", () => {
  const schema = z.object({ n: whole(1, 1_000, 7) });
  const read = (query: string) => readQuery(new URLSearchParams(query), schema).n;
  expect([read(""), read("n=1"), read("n=1000"), read("n=0012"), read("m=2")]).toEqual([7, 1, 1_000, 12, 7]);
  for (const bad of [
    "n=0",
    "n=1001",
    "n=",
    "n=1.0",
    "n=1e2",
    "n=+1",
    "n=-1",
    "n= 1",
    "n=１",
    "n=1&n=1",
    "n=0x1",
    `n=${"1".repeat(11)}`,
  ]) {
    expect(() => read(bad), bad).toThrow(
      expect.objectContaining({ code: "invalid-request", errors: [{ pointer: "n", detail: expect.any(String) }] }),
    );
  }
});

test("a body of more values than any batch has is refused before they are made, and the largest batch is not", () => {
  const members = (count: number) => Array.from({ length: count }, (_, i) => `"k${i}":1`).join(",");
  for (const text of [`{${members(150_000)}}`, `[${"1,".repeat(900_000)}1]`]) {
    expect(() => parseExact(text)).toThrow(expect.objectContaining({ code: "body-too-large" }));
  }
  const name = ',"\\'.repeat(32);
  const scores = Array.from({ length: 1_000 }, (_, i) => ({
    player: `p${i}`,
    name,
    score: i,
    tiebreaks: [1, 2, 3, 4],
  }));
  expect(parseExact(JSON.stringify({ scores }))).toMatchObject({ scores: { length: 1_000 } });
});
