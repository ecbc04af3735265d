/** HTTP as bytes on a socket: what no client library sends. */
import { once } from "node:events";
import { createConnection } from "node:net";

export interface RawReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const patienceMs = 15_000;

/**
 * Sends the bytes and gives all that comes until the server closes, as replies; the last request has to ask for that.
 * With `half` the client closes its half once everything is sent.
 */
export async function exchange(port: number, sent: string, { half = false } = {}): Promise<RawReply[]> {
  const socket = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.setTimeout(patienceMs, () => socket.destroy(new Error(`no end within ${patienceMs} ms`)));
  socket.write(Buffer.from(sent, "latin1"));
  if (half) socket.end();
  await once(socket, "end");
  socket.destroy();
  return parseReplies(Buffer.concat(chunks));
}

/** The one reply to a request without a body; `head` is all lines below the request line. */
export async function ask(
  port: number,
  line: string,
  head: readonly string[] = ["Host: localhost"],
): Promise<RawReply> {
  const [reply] = await exchange(port, `${[line, ...head, "Connection: close"].join("\r\n")}\r\n\r\n`);
  if (!reply) throw new Error(`no reply to ${line}`);
  return reply;
}

function parseReplies(bytes: Buffer): RawReply[] {
  const replies: RawReply[] = [];
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf("\r\n\r\n");
    const [first = "", ...lines] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(":")[0]?.toLowerCase(), line.replace(/^[^:]*: ?/, "")]),
    );
    const status = Number(first.split(" ")[1]);
    const length = status < 200 ? 0 : Number(headers["content-length"] ?? rest.length);
    const body = rest.subarray(end + 4, end + 4 + length);
    replies.push({ status, headers, body: body.toString() });
    rest = rest.subarray(end + 4 + body.length);
  }
  return replies;
}
