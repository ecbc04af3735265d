/** Player tokens and inboxes on Rungs' own server and on plain `next start`: one answer. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Inbox } from "@/lib/domain/moments";
import { type BothServers, essence, type Server, startBothServers } from "@/tests/support/both-servers";
import type { HttpCall } from "@/tests/support/http-client";

let servers: BothServers;
let own: Server;
let plain: Server;
let token: string;

const json = { "content-type": "application/json" };
const board = "/api/v1/boards/parity";
const inbox = `${board}/players/p%2F1/inbox`;

const post = (to: Server, path: string, body: unknown, authorization = servers.authorization) =>
  to.send({ method: "POST", path, headers: { authorization, ...json }, body: JSON.stringify(body) });
const score = (to: Server, player: string, points: number) => post(to, `${board}/scores`, { player, score: points });

beforeAll(async () => {
  servers = await startBothServers();
  ({ own, plain } = servers);
  await post(own, "/api/v1/boards", { id: "parity", name: "Parity" });
  await score(own, "p/1", 50);
  token = `Bearer ${(await post(plain, "/api/v1/players/p%2F1/token", {})).json().token}`;
});

afterAll(() => servers?.stop());

test("a moment comes to the inbox whichever server minted and took the score, and is read and acknowledged alike", async () => {
  const read = async (from: Server): Promise<Inbox> =>
    (await from.send({ path: inbox, headers: { authorization: token } })).json();
  for (const [round, [one, other]] of [[own, plain] as const, [plain, own] as const].entries()) {
    await score(one, `passer ${round}`, 100 + round);
    await expect.poll(async () => (await read(other)).items.length, { timeout: 10_000 }).toBe(1);
    const items = await read(one);
    expect(items).toEqual(await read(other));
    const acknowledge = (to: Server) => post(to, `${inbox}/ack`, { ids: items.items.map(({ id }) => id) }, token);
    const replies = [await acknowledge(other), await acknowledge(one)].map(essence);
    expect(replies[0]).toEqual(replies[1]);
    expect(replies[0]).toMatchObject({ status: 200, body: '{"unacknowledged":0}' });
  }
});

const calls: HttpCall[] = [
  { path: inbox },
  { path: inbox, headers: { authorization: "" } },
  { path: inbox, headers: { authorization: "Bearer rungs_player_a.b.c" } },
  { path: `${inbox}?limit=0`, headers: { authorization: "token" } },
  { path: `${inbox}?after=1&limit=2`, headers: { authorization: "token" } },
  { path: inbox.replace("p%2F1", "p2"), headers: { authorization: "token" } },
  { path: inbox.replace("parity", "none"), headers: { authorization: "token" } },
  { path: inbox, headers: { authorization: "key" } },
  { method: "HEAD", path: inbox, headers: { authorization: "token" } },
  ...['{"ids":[1]}', '{"ids":[]}', "{", '{"ids":[0]}', '{"ids":[1],"x":1}'].map((body) => ({
    method: "POST",
    path: `${inbox}/ack`,
    headers: { authorization: "token", ...json },
    body,
  })),
  { method: "POST", path: `${inbox}/ack`, headers: json, body: '{"ids":[1]}' },
  ...['{"ttl":1}', "[]", "{"].map((body) => ({
    method: "POST",
    path: "/api/v1/players/p1/token",
    headers: { authorization: "key", ...json },
    body,
  })),
  { method: "POST", path: "/api/v1/players/%07/token", headers: { authorization: "key", ...json }, body: "{}" },
  { method: "POST", path: "/api/v1/players/p1/token", headers: json, body: "{}" },
];

test.each(calls.map((call, i) => [i, `${call.method ?? "GET"} ${call.path}`, call] as const))(
  "call %i, %s, is answered alike",
  async (_, __, call) => {
    const { authorization, ...headers } = (call.headers ?? {}) as Record<string, string>;
    const who = { token, key: servers.authorization }[authorization ?? ""] ?? authorization;
    const sent = { ...call, headers: { ...headers, ...(who !== undefined && { authorization: who }) } };
    const [mine, nexts] = [await own.send(sent), await plain.send(sent)];
    expect(essence(nexts)).toEqual(essence(mine));
    expect(mine.headers["cache-control"]).toBe("no-store");
    expect(mine.status).toBeLessThan(500);
  },
);
