/** Plain `next start`, where Next answers first and Rungs connects behind it. */
import { expect, test, vi } from "vitest";
import { freePort } from "@/lib/embedded/free-port";
import { authSecret } from "@/tests/support/auth";
import { createHttpClient } from "@/tests/support/http-client";
import { createTestDatabase } from "@/tests/support/postgres";
import { runProgramInTest } from "@/tests/support/program";
import { redisUrl } from "@/tests/support/redis";
import { startTcpProxy } from "@/tests/support/tcp-proxy";

const paths = ["/", "/api/v1/boards", "/readyz"];

test("without Postgres at the start everything is answered with 503, and recovers when Postgres is there", async () => {
  const databaseUrl = await createTestDatabase();
  const proxy = await startTcpProxy(databaseUrl);
  await proxy.refuse();
  const port = await freePort();
  const next = runProgramInTest({
    args: ["node_modules/next/dist/bin/next", "start", "-p", String(port)],
    env: {
      ...{ DATABASE_URL: proxy.through(databaseUrl), REDIS_URL: redisUrl(), AUTH_SECRET: authSecret },
      ...{ LOG_LEVEL: "warn", NODE_ENV: "production" },
    },
  });
  await next.prints(/Ready/);
  const client = createHttpClient(port);
  const statuses = async () => {
    const replies = await Promise.all(paths.map((path) => client.send({ path })));
    return replies.map(({ status }) => status);
  };
  expect(await statuses()).toEqual([503, 503, 503]);
  const refused = await client.send({ path: "/api/v1/boards" });
  expect(refused.headers).toMatchObject({ "content-type": "application/problem+json", "retry-after": "1" });
  expect((await client.send({ path: "/healthz" })).status).toBe(200);
  expect(next.output()).toContain("services not started");
  await proxy.pass();
  await vi.waitFor(async () => expect(await statuses()).toEqual([200, 200, 200]), { timeout: 20_000, interval: 250 });
  client.close();
  await next.stop();
  await proxy.close();
});
