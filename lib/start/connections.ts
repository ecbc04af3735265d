/**
 * Bounds what open connections hold: how many there are, and the bytes of replies that clients have not read. Streams are
 * left to the hub, which writes the same bytes to many and closes slow readers itself.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { isStream } from "@/lib/http/node-sink";
import { bytesMaxOf, connectionsMax } from "@/lib/memory-bounds";

export interface ConnectionLimits {
  openMax: number;
  /** Of all connections together; those with the most unread are closed first. */
  unreadBytesMax: number;
  /** How long a client may take to read what it was sent. */
  unreadMsMax: number;
  lookEveryMs: number;
}

const limitsOfHeap = (): ConnectionLimits => ({
  openMax: connectionsMax(),
  unreadBytesMax: bytesMaxOf("unreadReplies"),
  unreadMsMax: 60_000,
  lookEveryMs: 1_000,
});

export function limitConnections(server: Server, limits: ConnectionLimits = limitsOfHeap()): void {
  /** With when something was first left unread; null while nothing is. */
  const open = new Map<Socket, number | null>();
  server.maxConnections = limits.openMax;
  server.on("connection", (socket: Socket) => {
    open.set(socket, null);
    socket.once("close", () => open.delete(socket));
  });
  const looking = setInterval(() => closeSlowest(open, limits), limits.lookEveryMs);
  looking.unref();
  server.once("close", () => clearInterval(looking));
}

function closeSlowest(open: Map<Socket, number | null>, { unreadBytesMax, unreadMsMax }: ConnectionLimits): void {
  const now = performance.now();
  const slow: Socket[] = [];
  let unread = 0;
  for (const [socket, since] of open) {
    const isRead = socket.writableLength === 0 || isStream(socket);
    if (isRead !== (since === null)) open.set(socket, isRead ? null : now);
    if (isRead) continue;
    if (since !== null && now - since > unreadMsMax) socket.destroy();
    else {
      unread += socket.writableLength;
      slow.push(socket);
    }
  }
  if (unread <= unreadBytesMax) return;
  for (const socket of slow.sort((a, b) => b.writableLength - a.writableLength)) {
    if (unread <= unreadBytesMax) return;
    unread -= socket.writableLength;
    socket.destroy();
  }
}
