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
      ...{ LOG_LEVEL: "warn", NODE_ENV: "production", PUBLIC_URL: "https://rungs.example" },
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
  const stream = await client.send({ path: "/api/v1/boards/b/stream" });
  expect([stream.status, stream.headers["content-type"]]).toEqual([200, "text/event-stream"]);
  expect(stream.text).toMatch(/^retry: [12]\d{3}\nevent: bye\ndata: {"reason":"starting"}\n\n$/);
  for (const { headers } of [refused, stream]) expect(headers["access-control-allow-origin"]).toBe("*");
  const alive = await client.send({ path: "/healthz" });
  expect(alive.status).toBe(200);
  for (const { headers } of [refused, stream, alive, await client.send({ path: "/" })]) {
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "strict-transport-security": "max-age=31536000",
    });
  }
  expect(next.output()).toContain("services not started");
  await proxy.pass();
  await vi.waitFor(async () => expect(await statuses()).toEqual([200, 200, 200]), { timeout: 20_000, interval: 250 });
  client.close();
  await next.stop();
  await proxy.close();
});
