import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { pino } from "pino";
import { expect, test } from "vitest";
import { ClientAddresses, clientAddress, clientAddressHeader } from "@/lib/auth/client-address";
import { readEnv } from "@/lib/env";

function addressesBehind(trustedProxies: string | undefined, lines: string[] = []): ClientAddresses {
  const logger = pino({ level: "warn" }, { write: (line) => lines.push(line) });
  return new ClientAddresses(readEnv({ NODE_ENV: "test", TRUSTED_PROXIES: trustedProxies }).trustedProxies, logger);
}

const behind = (peer: string, forwardedFor: string | undefined, trustedProxies?: string): string =>
  addressesBehind(trustedProxies).of({
    headers: { ...(forwardedFor !== undefined && { "x-forwarded-for": forwardedFor }) },
    socket: { remoteAddress: peer },
  } as never);

test("a handler sees the address that the server entry wrote, and none of a client's headers", async () => {
  const addresses = addressesBehind("none");
  const listener = getRequestListener(async ({ headers }) =>
    Response.json([clientAddress(headers), clientAddress(new Headers([...headers]))]),
  );
  const server = createServer((incoming, outgoing) => {
    addresses.stamp(incoming);
    expect(Object.keys(incoming.headers)).not.toContain("x-forwarded-host");
    void listener(incoming, outgoing);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const headers = {
    "x-rungs-client-address": "203.0.113.1",
    "x-forwarded-for": "203.0.113.2",
    "x-forwarded-host": "evil.example",
  };
  const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers });
  expect(await reply.json()).toEqual(["127.0.0.1", "127.0.0.1"]);
  server.closeAllConnections();
  server.close();
});

test("without the server entry no header tells the address", () => {
  const claims = { "x-forwarded-for": "203.0.113.2", "x-rungs-client-address": "203.0.113.1" };
  expect(clientAddress(new Headers(claims))).toBeNull();
  expect(clientAddress(new Headers({ [clientAddressHeader]: "203.0.113.1" }))).toBe("203.0.113.1");
});

test("X-Forwarded-For is read from its end as far as proxies are trusted", () => {
  const chain = "203.0.113.66, 198.51.100.9, 10.0.0.7";
  expect(behind("127.0.0.1", chain)).toBe("10.0.0.7");
  expect(behind("::ffff:127.0.0.1", chain)).toBe("10.0.0.7");
  expect(behind("127.0.0.1", chain, "loopback, 10.0.0.0/8")).toBe("198.51.100.9");
  expect(behind("10.0.0.8", chain, "uniquelocal")).toBe("198.51.100.9");
  expect(behind("10.0.0.8", "10.0.0.9, 10.0.0.7", "uniquelocal")).toBe("10.0.0.9");
  expect(behind("2001:db8::7", chain, "2001:db8::/32")).toBe("10.0.0.7");
});

test("a peer that is no trusted proxy is taken for itself, whatever it forwards", () => {
  expect(behind("192.0.2.1", "203.0.113.66")).toBe("192.0.2.1");
  expect(behind("127.0.0.1", "203.0.113.66", "none")).toBe("127.0.0.1");
  expect(behind("10.1.0.1", "203.0.113.66", "10.0.0.0/16,192.0.2.7")).toBe("10.1.0.1");
  expect(behind("127.0.0.1", undefined)).toBe("127.0.0.1");
});

test("a hop may have a port; one that is no address ends the chain", () => {
  expect(behind("127.0.0.1", "203.0.113.66, 198.51.100.9:4711")).toBe("198.51.100.9");
  expect(behind("127.0.0.1", "203.0.113.66, [2001:db8:1:2::9]:4711")).toBe("2001:db8:1:2::");
  for (const odd of ["unknown", "", "0x7f.1", "198.51.100.9.1", "_hidden", "1.2.3.4.5:1"]) {
    expect([odd, behind("127.0.0.1", `203.0.113.66, ${odd}`)]).toEqual([odd, "127.0.0.1"]);
  }
});

test("addresses of one IPv6 network of 64 bits count as one, and those of the next as another", () => {
  expect(behind("2001:db8:1:2:3:4:5:6", undefined)).toBe("2001:db8:1:2::");
  expect(behind("2001:db8:1:2:ffff::", undefined)).toBe("2001:db8:1:2::");
  expect(behind("2001:db8:1:3::1", undefined)).toBe("2001:db8:1:3::");
  expect(behind("::1", undefined)).toBe("::1");
});

test("an untrusted peer that forwards is logged once", () => {
  const lines: string[] = [];
  const addresses = addressesBehind(undefined, lines);
  const request = (peer: string) => ({ headers: { "x-forwarded-for": "a" }, socket: { remoteAddress: peer } }) as never;
  addresses.of(request("127.0.0.1"));
  expect(lines).toEqual([]);
  for (const peer of ["192.0.2.1", "192.0.2.2"]) addresses.of(request(peer));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"peer":"192.0.2.1"');
  expect(lines[0]).toContain("TRUSTED_PROXIES");
});

test("wrong ranges, and the setting of before, are refused at the start", () => {
  for (const list of [
    "10.0.0.0/33",
    "10.0.0",
    "proxy.example",
    "10.0.0.0/8/1",
    "fe80::/129",
    "loopback,",
    "1.2.3.4/x",
  ]) {
    expect(() => readEnv({ NODE_ENV: "test", TRUSTED_PROXIES: list })).toThrow(/^TRUSTED_PROXIES: must list addresses/);
  }
  expect(() => readEnv({ NODE_ENV: "test", TRUST_PROXY: "1" })).toThrow(
    /^TRUST_PROXY: was replaced: list the proxies in TRUSTED_PROXIES/,
  );
});
