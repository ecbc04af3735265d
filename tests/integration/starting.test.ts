/** What the port answers from when it is taken until Rungs is ready. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HttpServer, listen } from "@/lib/start/http-server";
import { createHttpClient, type HttpClient } from "@/tests/support/http-client";
import { problemOf } from "@/tests/support/problem";

let http: HttpServer;
let client: HttpClient;

beforeAll(async () => {
  http = await listen({ port: 0, host: "127.0.0.1", publicUrl: "https://rungs.example", keepAliveSeconds: 5 });
  client = createHttpClient(http.port);
});

afterAll(async () => {
  client.close();
  await http.close(0);
});

/** As of every reply of a server that is reached by https. */
const fixed = { "x-content-type-options": "nosniff", "strict-transport-security": "max-age=31536000" };

test("a stream is ended in the one way after which an EventSource comes back", async () => {
  const { status, headers, text } = await client.send({ path: "/api/v1/boards/b/stream?since=e1-2" });
  expect([status, headers["content-type"]]).toEqual([200, "text/event-stream"]);
  expect(headers).toMatchObject(fixed);
  expect(text).toMatch(/^retry: [12]\d{3}\nevent: bye\ndata: {"reason":"starting"}\n\n$/);
});

test("the process is alive, and not ready", async () => {
  const alive = await client.send({ path: "/healthz" });
  expect(alive.json()).toEqual({ status: "ok" });
  expect(alive.headers).toMatchObject(fixed);
  expect((await client.send({ path: "/readyz" })).status).toBe(503);
});

test("everything else is asked to come back, in the API's own form", async () => {
  for (const path of ["/api/v1/boards/b", "/boards/b"]) {
    const reply = await client.send({ path });
    expect(problemOf(reply)).toMatchObject({ status: 503, code: "unavailable" });
    expect(reply.headers).toMatchObject({ ...fixed, "retry-after": "1", "access-control-allow-origin": "*" });
  }
});
