import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { pino } from "pino";
import { expect, test } from "vitest";
import { watchFileLimit } from "@/lib/http/file-limit";
import type { Logger } from "@/lib/logger";

async function connectTo(limit?: number) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => lines.push(JSON.parse(line)) }) as Logger;
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  let near = 0;
  const found = watchFileLimit(server, { logger, onNear: () => near++, ...(limit !== undefined && { limit }) });
  const sockets = [1, 2, 3].map(() => connect((server.address() as AddressInfo).port, "127.0.0.1"));
  for (let i = 0; i < sockets.length; i++) await once(server, "connection");
  for (const socket of sockets) socket.destroy();
  server.close();
  return { lines, near, found };
}

test("connections below the limit of open files are counted, and logged once", async () => {
  const { lines, near } = await connectTo(20);
  expect(near).toBe(3);
  expect(lines).toMatchObject([{ level: 40, component: "HTTP server", limit: 20 }]);
});

test.skipIf(process.platform === "win32")("the process' own limit is far away", async () => {
  const { lines, near, found } = await connectTo();
  expect(found).toBeGreaterThan(32);
  expect([near, lines]).toEqual([0, []]);
});
