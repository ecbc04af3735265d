/** A GET on a socket of its own, as cheap as Node has it, so that thousands of them cost less than the server they watch. */
import { connect, type Socket } from "node:net";

export interface RawRequest {
  url: string;
  headers: Record<string, string>;
}

/** One for all sockets: what is read lies there until the reader returns. */
const shared = Buffer.allocUnsafe(256 * 1024);

/** Sends the request and hands over what comes, in a buffer that is used again at once. */
export function openSocket({ url, headers }: RawRequest, take: (chunk: Buffer, socket: Socket) => void): Socket {
  const { hostname, port, host, pathname, search } = new URL(url);
  const callback = (bytes: number) => {
    take(shared.subarray(0, bytes), socket);
    return true;
  };
  const socket = connect({ host: hostname, port: Number(port), onread: { buffer: shared, callback } });
  socket.setNoDelay(true);
  const fields = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once("connect", () => socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${fields.join("")}\r\n`));
  return socket;
}

/** How many seem to come from one address; Rungs seats 2,000 of each. */
const perAddress = 1_000;

/** The address of a viewer's own, to be believed by a server that a proxy stands in front of. */
export function senderOf(viewer: number): Record<string, string> {
  return { "x-forwarded-for": `10.0.${Math.floor(viewer / perAddress)}.1` };
}

/** How many connect at once, since a server has only so much room for those it has not accepted yet. */
const openingMax = 200;

/** Opens so many, one after the other and some at a time. */
export async function openMany(count: number, open: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await open(next++);
  };
  await Promise.all(Array.from({ length: Math.min(openingMax, count) }, worker));
}
