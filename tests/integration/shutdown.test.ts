/** How the whole server goes down: viewers are sent elsewhere, what was begun is finished, nothing keeps it waiting. */
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { EventSource } from "eventsource";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "@/db/client";
import { freePort } from "@/lib/embedded/free-port";
import { createTestDatabase } from "@/tests/support/postgres";
import { type RungsServer, startRungs } from "@/tests/support/server";
import { openStream, type SseClient } from "@/tests/support/sse-client";

const endMsMax = 5_000;
let rungs: RungsServer;

afterEach(() => rungs?.stop());

/** With the sample board streamed, and its key as the start shows it. */
async function start(env: Record<string, string> = {}) {
  rungs = await startRungs({ env });
  const port = Number(new URL(rungs.url).port);
  const [, authorization = ""] = await rungs.prints(/Authorization: (Bearer \S+?)"/);
  const database = openDatabase(rungs.databaseUrl ?? "");
  await database.sql`update boards set delivery = 'sse' where id = 'sample'`;
  const stored = async () => {
    const rows = await database.sql<{ player: string }[]>`select player from standings`;
    return new Set(rows.map(({ player }) => player));
  };
  const post = (player: string) =>
    fetch(`${rungs.url}/api/v1/boards/sample/scores`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ player, score: 1 }),
    });
  return { port, authorization, stored, post, close: () => database.close() };
}

async function untilStreamed(): Promise<void> {
  await expect
    .poll(async () => (await fetch(`${rungs.url}/api/v1/boards/sample`)).json(), { timeout: 3_000 })
    .toMatchObject({ board: { delivery: "sse" } });
}

async function openStreams(port: number, count: number): Promise<SseClient[]> {
  await untilStreamed();
  const streams = await Promise.all(Array.from({ length: count }, () => openStream({ port, board: "sample" })));
  await Promise.all(streams.map((stream) => stream.next("snapshot", 20_000)));
  return streams;
}

async function end(): Promise<{ code: number | NodeJS.Signals; ms: number }> {
  const endedAt = performance.now();
  rungs.kill("SIGTERM");
  const code = await rungs.ended;
  return { code, ms: performance.now() - endedAt };
}

test("with a thousand streams open it says goodbye to each, and ends within five seconds", async () => {
  const { port, close } = await start();
  const streams = await openStreams(port, 1_000);
  const { code, ms } = await end();
  await Promise.all(streams.map((stream) => stream.ended));
  await close();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(endMsMax);
  for (const stream of streams) {
    expect(stream.view.bye).toBe("draining");
    expect(stream.lastEventId()).toBe(`${stream.view.position.epoch}-${stream.view.position.version}`);
  }
  const retries = streams.map((stream) => stream.retries.at(-1) ?? -1);
  expect(Math.max(...retries)).toBeLessThanOrEqual(15_000);
  expect(new Set(retries).size).toBeGreaterThan(900);
});

test("the EventSources of viewers come back by themselves after a restart, and go on where they were", async () => {
  const env = { DATABASE_URL: await createTestDatabase(), PORT: String(await freePort()) };
  const before = await start(env);
  await untilStreamed();
  const sources = Array.from({ length: 4 }, () => new EventSource(`${rungs.url}/api/v1/boards/sample/stream`));
  onTestFinished(() => {
    for (const source of sources) source.close();
  });
  let snapshots = 0;
  for (const source of sources) source.addEventListener("snapshot", () => snapshots++);
  const eachGets = (type: string) => Promise.all(sources.map((source) => once(source, type)));
  await eachGets("snapshot");
  const byes = eachGets("bye");
  expect((await end()).code).toBe(0);
  await byes;
  await before.close();
  const opened = eachGets("open");
  const after = await start(env);
  await opened;
  const deltas = eachGets("delta");
  expect((await after.post("later")).status).toBe(200);
  for (const [{ data }] of await deltas) expect(JSON.parse(data).changed).toMatchObject([{ player: "later" }]);
  expect(snapshots).toBe(sources.length);
  await after.close();
}, 90_000);

test("a score whose request had begun is still taken and answered", async () => {
  const { port, authorization, stored, close } = await start();
  const [stream] = await openStreams(port, 1);
  const body = JSON.stringify({ player: "late", score: 5 });
  const socket = connect(port, "127.0.0.1");
  const reply = text(socket);
  socket.write("POST /api/v1/boards/sample/scores HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
  socket.write(`Authorization: ${authorization}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`);
  await once(socket, "connect");
  await fetch(`${rungs.url}/healthz`);
  const ending = end();
  await stream?.next("bye");
  socket.write(body.slice(10));
  expect(await reply).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"player":"late","status":"applied"/s);
  expect(await ending).toMatchObject({ code: 0 });
  expect((await stored()).has("late")).toBe(true);
  await close();
});

test("whatever was answered while it went down is stored, and what was not was not begun", async () => {
  const { stored, post, close } = await start();
  const answers = new Map<string, number | "none">();
  let going = true;
  const write = async (writer: number) => {
    for (let i = 0; going; i++) {
      const player = `w${writer}-${i}`;
      const status = await post(player).then(
        (reply) => reply.status,
        () => "none" as const,
      );
      answers.set(player, status);
      going &&= status !== "none";
    }
  };
  const writing = Promise.all(Array.from({ length: 16 }, (_, i) => write(i)));
  await expect.poll(() => answers.size, { timeout: 10_000 }).toBeGreaterThan(100);
  const { code, ms } = await end();
  going = false;
  await writing;
  const there = await stored();
  await close();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(endMsMax);
  const statuses = new Set(answers.values());
  expect([...statuses].filter((status) => status !== 200 && status !== "none" && status !== 503)).toEqual([]);
  for (const [player, status] of answers) expect([player, there.has(player)]).toEqual([player, status === 200]);
});

test("connections that ask for nothing, or for half of something, do not keep it waiting", async () => {
  const { port, close } = await start();
  const silent = connect(port, "127.0.0.1");
  const half = connect(port, "127.0.0.1");
  half.write("POST /api/v1/boards/sample/scores HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  for (const socket of [silent, half]) socket.on("error", () => undefined);
  await fetch(`${rungs.url}/healthz`);
  const { code, ms } = await end();
  await close();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(endMsMax);
});
