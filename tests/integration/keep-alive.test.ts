import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { readEnv } from "@/lib/env";
import { pollIntervalS } from "@/lib/http/board-reply";
import { type HttpServer, listen } from "@/lib/start/http-server";

async function start(settings: Record<string, string> = {}, crowdedFrom = 10_000): Promise<HttpServer> {
  const env = readEnv({ NODE_ENV: "test", PORT: "0", HOST: "127.0.0.1", ...settings });
  const http = await listen(env, { crowdedFrom });
  http.serve((_request, response) => response.end("here"));
  onTestFinished(() => http.close(0));
  return http;
}

function ask(http: HttpServer, agent: Agent): ClientRequest {
  return request({ agent, host: "127.0.0.1", port: http.port }).end();
}

async function answer(asked: ClientRequest): Promise<IncomingMessage> {
  const [reply] = (await once(asked, "response")) as [IncomingMessage];
  await once(reply.resume(), "end");
  return reply;
}

function newAgent(): Agent {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  return agent;
}

test("by default a connection is kept for longer than balancers and pollers leave it idle", async () => {
  const http = await start();
  const reply = await answer(ask(http, newAgent()));
  expect(reply.headers["keep-alive"]).toBe("timeout=75");
  expect(http.server.headersTimeout).toBeGreaterThan(75_000);
  const long = await start({ KEEP_ALIVE_SECONDS: "620" });
  expect([long.server.keepAliveTimeout, long.server.headersTimeout]).toEqual([620_000, 300_000]);
});

test("a connection that stays idle for longer than that is closed", async () => {
  const http = await start({ KEEP_ALIVE_SECONDS: "1" });
  const socket = connect(http.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
  await once(socket, "data");
  const answered = performance.now();
  await once(socket, "end");
  expect(performance.now() - answered).toBeGreaterThan(900);
});

test("with too many connections idle ones are kept for half the interval of polls, until there are fewer", async () => {
  const http = await start({}, 2);
  const others = [connect(http.port, "127.0.0.1"), connect(http.port, "127.0.0.1")];
  await Promise.all(others.map((socket) => once(socket, "connect")));
  const agent = newAgent();
  expect((await answer(ask(http, agent))).headers["keep-alive"]).toBe("timeout=2");
  expect(http.server.keepAliveTimeout).toBe(500 * pollIntervalS);
  for (const socket of others) socket.destroy();
  await expect.poll(async () => (await answer(ask(http, agent))).headers["keep-alive"]).toBe("timeout=75");
});

test("closing ends idle connections at once, and those with a request after its reply", async () => {
  const http = await start();
  const [idle, busy] = [newAgent(), newAgent()];
  const first = ask(http, idle);
  await answer(first);
  const idleEnds = once(first.socket ?? idle, "close");
  const arrived = new Promise<() => void>((resolve) => {
    http.serve((_request, response) => resolve(() => response.end("late")));
  });
  const second = ask(http, busy);
  const finish = await arrived;
  const closed = http.close(60_000);
  await idleEnds;
  finish();
  expect((await answer(second)).statusCode).toBe(200);
  await closed;
});
