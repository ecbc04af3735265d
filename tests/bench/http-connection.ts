/** HTTP/1.1 on one raw connection, one request after the other: costs the load's process far less than a client does. */
import { once } from "node:events";
import { connect } from "node:net";
import { ReplyReader } from "./reply-reader";

export interface Connection {
  /** Resolves once the reply is here whole. Rejects unless it is a 200. */
  post(headers: Record<string, string>, body: string): Promise<void>;
  close(): void;
}

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port, host, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  const reader = new ReplyReader(200);
  let settle: { resolve(): void; reject(error: unknown): void } | null = null;
  const fail = (error: unknown) => settle?.reject(error);
  socket.on("error", fail);
  socket.on("close", () => fail(new Error(`${host} closed the connection`)));
  socket.on("data", (chunk) => {
    try {
      if (reader.isWhole(chunk, chunk.length)) settle?.resolve();
    } catch (error) {
      fail(error);
    }
  });
  return {
    post(headers, body) {
      const all = { host, ...headers, "content-length": String(Buffer.byteLength(body)) };
      const fields = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(`POST ${pathname} HTTP/1.1\r\n${fields.join("")}\r\n${body}`);
      });
    },
    close: () => socket.destroy(),
  };
}
