/** Hands for the TCP proxy: what goes wrong with the bytes themselves. */

import type { Random } from "@/tests/support/seeded-random";
import type { Connection, Tamper } from "@/tests/support/tcp-proxy";

/** Some replies break off half-way: the connection is reset, or ends as if all had been said. */
export function breakReplies(how: "reset" | "end", probability: number, random: Random): Tamper {
  return (chunk, way, connection) => {
    if (way === "to-server" || !random.chance(probability)) return connection.send(way, chunk);
    connection.send(way, chunk.subarray(0, Math.floor(chunk.length / 2)));
    connection[how]();
  };
}

/** A server that takes connections and ends each at its first word, as Postgres may while it starts up. */
export const closeAtStart: Tamper = (_chunk, _way, connection) => connection.end();

/** A connection that sends these words carries nothing from there on. Tells of the first. */
export function swallowFrom(words: string, onFirst: () => void): Tamper {
  const swallowed = new Set<Connection>();
  return (chunk, way, connection) => {
    if (!swallowed.has(connection)) {
      if (way === "to-client" || !chunk.includes(words)) return connection.send(way, chunk);
      swallowed.add(connection);
      if (swallowed.size === 1) onFirst();
    }
  };
}

/** What becomes of each message of a subscription: sent now or later, once or more often, or never. */
export type Fate = (message: Buffer, send: (message: Buffer) => void) => void;

/** Changes of boards meet their fate one by one; canaries and everything else come through. */
export function onChanges(fate: Fate): Tamper {
  const rests = new Map<Connection, Buffer>();
  return (chunk, way, connection) => {
    if (way === "to-server" || !connection.marked) return connection.send(way, chunk);
    const { messages, rest } = splitReplies(Buffer.concat([rests.get(connection) ?? Buffer.alloc(0), chunk]));
    rests.set(connection, rest);
    for (const message of messages) {
      const send = (sent: Buffer) => connection.send(way, sent);
      if (/[\r\n,]\d+:[a-z0-9]+:\d+:\d+\s+$/.test(message.toString("latin1"))) fate(message, send);
      else send(message);
    }
  };
}

/** Whole replies of the Redis protocol, or heads and chunks of HTTP, and the beginning of the next. */
function splitReplies(bytes: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let from = 0;
  for (let end = endOfReply(bytes, 0); end !== undefined; end = endOfReply(bytes, from)) {
    messages.push(bytes.subarray(from, end));
    from = end;
  }
  return { messages, rest: bytes.subarray(from) };
}

function endOfReply(bytes: Buffer, from: number): number | undefined {
  const line = bytes.indexOf("\r\n", from);
  if (line === -1) return undefined;
  const next = line + 2;
  const said = bytes.toString("latin1", from, line);
  if (said.startsWith("HTTP/")) return after(bytes.indexOf("\r\n\r\n", from), 4, bytes);
  if (/^[0-9a-f]+$/i.test(said)) return after(next, Number.parseInt(said, 16) + 2, bytes);
  const count = Number(said.slice(1));
  const kind = said.charAt(0);
  if (kind === "$") {
    return count < 0 ? next : after(next, count + 2, bytes);
  }
  if (kind !== "*") return next;
  let end: number | undefined = next;
  for (let i = 0; i < count && end !== undefined; i++) end = endOfReply(bytes, end);
  return end;
}

function after(at: number, length: number, bytes: Buffer): number | undefined {
  return at >= 0 && at + length <= bytes.length ? at + length : undefined;
}
