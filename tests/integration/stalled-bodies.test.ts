/** Clients that begin to send a body and do not go on. */
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { BodyMemory } from "@/lib/body-memory";
import { type ApiServer, startApi } from "@/tests/support/api-server";

const KiB = 1024;
const trusted = new BodyMemory({ bytesMax: 64 * KiB, bytesPerAddressMax: 32 * KiB, msMax: 1_000 });
const untrusted = new BodyMemory({ bytesMax: 30 * KiB, bytesPerAddressMax: 15 * KiB, msMax: 60_000 });
/** Three fit into the part of one address, seven into the whole. */
const piece = Buffer.alloc(4 * KiB, " ");

let api: ApiServer;
let board: string;
let authorization: string;
const open = new Set<ClientRequest>();

beforeAll(async () => {
  const env = { TRUSTED_PROXIES: "127.0.0.1" };
  api = await startApi({ redisUrl: null, background: false, bodies: { trusted, untrusted }, env });
  board = await api.newBoard({ delivery: "sse" });
  authorization = (await api.newKey(["scores:write", "boards:manage"])).authorization;
});

afterEach(async () => {
  for (const one of open) one.destroy();
  open.clear();
  await vi.waitFor(() => expect([trusted.bytes, untrusted.bytes]).toEqual([0, 0]));
});

afterAll(() => api.close());

const signIn = "/api/auth/sign-in/email";
const accept = "/api/v1/invitations/accept";
const wrong = { email: "nobody@example.com", password: "wrong" };
const from = (address: string) => ({ "x-forwarded-for": address, "sec-fetch-site": "same-origin" });

/** Sends the head and some bytes of a longer body; resolves with what comes first: a reply, or the bytes counted. */
async function stall(path: string, headers: object, method = "POST", sent: readonly Buffer[] = [piece]) {
  const counted = trusted.bytes + untrusted.bytes;
  const more = { "content-type": "application/json", ...headers };
  const outgoing = request({ port: api.port, host: "127.0.0.1", method, path, headers: more });
  open.add(outgoing.on("error", () => undefined));
  const replied = once(outgoing, "response").then(([reply]) => reply as IncomingMessage);
  for (const bytes of sent) outgoing.write(bytes);
  const held = vi.waitFor(() => expect(trusted.bytes + untrusted.bytes).toBeGreaterThan(counted), { timeout: 10_000 });
  const isHeld = held.then(() => null).catch(() => null);
  return { replied, first: await Promise.race([replied, isHeld]) };
}

async function statusOf(path: string, body: object, address: string): Promise<number> {
  return (await api.call("POST", path, body, { ...from(address), authorization })).status;
}

test("stalled bodies of clients without a key take their address' part at most, and nothing of what posts need", async () => {
  for (const path of [signIn, accept, signIn]) expect((await stall(path, from("192.0.2.1"))).first).toBeNull();
  const refused = (await stall(accept, from("192.0.2.1"))).first;
  expect([refused?.statusCode, refused?.headers["retry-after"]]).toEqual([429, "1"]);
  expect(await statusOf(signIn, wrong, "192.0.2.2")).toBe(401);

  for (let i = 3; i < 7; i++) expect((await stall(signIn, from(`192.0.2.${i}`))).first).toBeNull();
  const other = await stall(signIn, from("192.0.2.7"));
  expect(other.first?.statusCode).toBe(429);
  for (const address of ["192.0.2.1", "192.0.2.8"]) {
    expect(await statusOf(`/api/v1/boards/${board}/scores`, { player: "a", score: 1 }, address)).toBe(200);
  }
});

test("a body in the smallest pieces counts with what each piece takes", async () => {
  const { first } = await stall(signIn, from("192.0.2.10"), "POST", Array(100).fill(Buffer.from(" ")));
  expect(first?.statusCode).toBe(429);
});

test.each([signIn, accept])("%s reads a few kilobytes at most", async (path) => {
  expect(await statusOf(path, { ...wrong, more: "x".repeat(10 * KiB) }, "192.0.2.11")).toBe(413);
});

test("a body that does not arrive in time is a 408, and its connection ends", async () => {
  const scores = `/api/v1/boards/${board}/scores`;
  const length = { "content-length": 2 * piece.length };
  const stalled = [
    await stall(scores, { authorization, ...length }),
    await stall(scores, { authorization }),
    await stall(`/api/v1/boards/${board}`, { authorization }, "PATCH"),
  ];
  for (const { first, replied } of stalled) {
    expect(first).toBeNull();
    const reply = await replied;
    expect([reply.statusCode, reply.headers.connection]).toEqual([408, "close"]);
    reply.resume();
    await once(reply.socket, "close");
  }
});

test("a body of a request to read is dropped as it comes, also while the reply goes on", async () => {
  const stream = request({ port: api.port, host: "127.0.0.1", path: `/api/v1/boards/${board}/stream` });
  open.add(stream.on("error", () => undefined));
  const replied = once(stream, "response");
  stream.setHeader("transfer-encoding", "chunked").flushHeaders();
  const [reply] = await replied;
  const [snapshot] = await once(reply, "data");
  expect(String(snapshot)).toContain("event: snapshot");
  // More than sockets and buffers hold.
  await new Promise((resolve) => stream.write(Buffer.alloc(32 * KiB * KiB), resolve));
});
