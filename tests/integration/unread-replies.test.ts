import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { createNodeServer } from "@/lib/http/node-server";
import { type ConnectionLimits, limitConnections } from "@/lib/start/connections";

const body = Buffer.alloc(24 * 1024 ** 2, "x");

interface Served {
  port: number;
  /** Connections as the server counts them. */
  open(): Promise<number>;
}

async function serve(limits: Partial<ConnectionLimits>): Promise<Served> {
  const server = createNodeServer("http://localhost", (_request, response) => {
    response.end(body);
  });
  const most = { openMax: 100, unreadBytesMax: Number.MAX_SAFE_INTEGER, unreadMsMax: 60_000, lookEveryMs: 20 };
  limitConnections(server, { ...most, ...limits });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, open: promisify(server.getConnections).bind(server) };
}

/** Sends a request and reads nothing of the reply. */
function ask(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  onTestFinished(() => void socket.destroy());
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => (socket.destroyed ? resolve() : void socket.once("close", () => resolve())));
}

/** How much of the reply arrives once it is read. */
async function readAll(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on("data", (chunk) => {
    bytes += chunk.length;
    if (bytes > body.length) socket.destroy();
  });
  socket.resume();
  await closed(socket);
  return bytes;
}

test("when clients leave too much unread together, some are closed, and the others get all of their replies", async () => {
  const { port, open } = await serve({ unreadBytesMax: 3 * body.length });
  const sockets = Array.from({ length: 6 }, () => ask(port));
  await vi.waitFor(async () => expect(await open()).toBeLessThan(6), { timeout: 10_000 });
  const whole = (await Promise.all(sockets.map(readAll))).filter((bytes) => bytes > body.length);
  expect(whole.length).toBeGreaterThanOrEqual(1);
  expect(whole.length).toBeLessThan(6);
});

test("a client that takes too long to read is closed, one that reads is not", async () => {
  const { port, open } = await serve({ unreadMsMax: 200 });
  expect(await readAll(ask(port))).toBeGreaterThan(body.length);
  const slow = ask(port);
  await once(slow, "connect");
  await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 10_000 });
  expect(await readAll(slow)).toBeLessThan(body.length);
});

test("more connections than there is room for are closed", async () => {
  const { port } = await serve({ openMax: 2 });
  const sockets = [ask(port), ask(port)];
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const third = ask(port);
  third.resume();
  await closed(third);
  expect(third.bytesRead).toBe(0);
});
