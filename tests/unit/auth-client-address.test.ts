import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { expect, test } from "vitest";
import { clientAddress, stampClientAddress } from "@/lib/auth/client-address";

/** The address that a handler behind the server entry sees, in the request's headers and in a copy of them. */
async function seen(headers: Record<string, string>, trustProxy: boolean): Promise<string[]> {
  const listener = getRequestListener(async ({ headers }) =>
    Response.json([clientAddress(headers), clientAddress(new Headers([...headers]))]),
  );
  const server = createServer((incoming, outgoing) => {
    stampClientAddress(incoming, trustProxy);
    void listener(incoming, outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers });
    return await reply.json();
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const forged = { "x-rungs-client-address": "203.0.113.1", "x-forwarded-for": "203.0.113.2" };

test("without a proxy it is the connection's address, whatever the client claims", async () => {
  expect(await seen(forged, false)).toEqual(["127.0.0.1", "127.0.0.1"]);
});

test("behind a proxy it is the one address the proxy itself added", async () => {
  const headers = { ...forged, "x-forwarded-for": "203.0.113.2, 198.51.100.9" };
  expect(await seen(headers, true)).toEqual(["198.51.100.9", "198.51.100.9"]);
  expect(await seen({ "x-rungs-client-address": "203.0.113.1" }, true)).toEqual(["127.0.0.1", "127.0.0.1"]);
});

test("without the server entry it is the last hop, or unknown", () => {
  expect(clientAddress(new Headers({ "x-forwarded-for": "203.0.113.2, 198.51.100.9" }))).toBe("198.51.100.9");
  expect(clientAddress(new Headers())).toBeNull();
});
