/** A server as users run it, under a flood of invented API keys. */
import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { expect, test } from "vitest";
import { openDatabase } from "@/db/client";
import { createApiKeys } from "@/lib/auth/api-keys";
import { randomBase62 } from "@/lib/auth/tokens";
import { authSecret } from "@/tests/support/auth";
import { startRungs } from "@/tests/support/server";
import { silentLog } from "@/tests/support/silent-log";

/** More than may wait and be read at a time. */
const connections = 200;
const input = { name: "game", scopes: ["scores:write" as const, "boards:manage" as const], boards: null };

test("invented keys by the thousand refuse no valid one, known or new, and fill no log", {
  timeout: 120_000,
}, async () => {
  const server = await startRungs({ env: { AUTH_SECRET: authSecret } });
  const database = openDatabase(server.databaseUrl ?? "");
  const marked = createApiKeys({ database, ...silentLog(), authSecret });
  const unmarked = createApiKeys({ database, ...silentLog() });
  const [used, fresh, old] = [await marked.create(input), await marked.create(input), await unmarked.create(input)];
  await Promise.all([marked.close(), unmarked.close()]);
  await database.close();

  const board = `${server.url}/api/v1/boards`;
  const post = async (key: string, url: string, body: object) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).status;
  };
  expect(await post(used.key, board, { id: "flooded", name: "Flooded" })).toBe(201);

  const flood = startFlood(`${board}/flooded/scores`);
  await flood.answered(connections);
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) {
    const posts = [used, fresh, old].map(({ key }) => post(key, `${board}/flooded/scores`, { player: "a", score: i }));
    statuses.push(...(await Promise.all(posts)));
  }
  const answers = await flood.stop();
  await server.stop();
  expect(statuses).toEqual(statuses.map(() => 200));
  expect(answers.get(200)).toBeUndefined();
  expect([...answers.keys()].filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
  expect(answers.get(401)).toBeGreaterThan(0);
  expect(answers.get(429)).toBeGreaterThan(0);
  // One for the keys that are refused; a busy machine may have others to write, but none for each request.
  const lines = server
    .output()
    .split("\n")
    .filter((line) => line.includes('"level":'));
  expect(lines.filter((line) => line.includes("unknown API keys"))).toHaveLength(1);
  expect(lines.length, lines.join("\n")).toBeLessThan(10);
});

/** From one address, each connection with one invented key after the other. */
function startFlood(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const answers = new Map<number, number>();
  let count = 0;
  let stopped = false;
  let reached = (): void => undefined;
  const guess = () =>
    new Promise<void>((resolve) => {
      const headers = {
        authorization: `Bearer rungs_${randomBase62(12)}_${randomBase62(43)}${randomBytes(3).toString("hex")}`,
        "content-type": "application/json",
        "x-forwarded-for": "198.51.100.66",
      };
      const sent = request(url, { agent, method: "POST", headers }, (reply) => {
        answers.set(reply.statusCode ?? 0, (answers.get(reply.statusCode ?? 0) ?? 0) + 1);
        count++;
        reached();
        reply.resume().once("close", resolve);
      });
      sent.once("error", () => resolve());
      sent.end('{"player":"a","score":1000}');
    });
  const loops = Array.from({ length: connections }, async () => {
    while (!stopped) await guess();
  });
  return {
    answered: (wanted: number) =>
      new Promise<void>((resolve) => {
        reached = () => (count >= wanted ? resolve() : undefined);
      }),
    async stop() {
      stopped = true;
      await Promise.all(loops);
      agent.destroy();
      return answers;
    },
  };
}
