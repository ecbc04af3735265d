/**
 * Stands in front of all instances as a small load balancer would: each request goes to the next one that takes a
 * connection. It can lose what comes back: a writer's answer, or single events of a stream.
 */
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Balancer {
  port: number;
  /** What is lost on the way back; nothing at first. */
  loses: { answer(): boolean; event(): boolean };
  close(): Promise<void>;
}

const nothing = { answer: () => false, event: () => false };

export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  let turn = 0;

  const server = createServer((incoming, response) => {
    const body: Buffer[] = [];
    response.on("error", () => undefined);
    incoming.on("error", () => undefined);
    incoming.on("data", (chunk: Buffer) => body.push(chunk));
    incoming.on("end", () => attempt(0));
    const first = turn++;

    function attempt(refusals: number): void {
      // Nobody is there, as without a balancer.
      if (refusals === ports.length) {
        response.destroy();
        return;
      }
      const { method, url: path, headers } = incoming;
      const port = ports[(first + refusals) % ports.length];
      const outgoing = request({ agent, host: "127.0.0.1", port, method, path, headers });
      let answered = false;
      outgoing.on("response", (reply) => {
        answered = true;
        relay(incoming, reply, response);
      });
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        // Nothing was sent to one that refused; to any other it may have been, and posts are not repeated on suspicion.
        if (!answered && error.code === "ECONNREFUSED") attempt(refusals + 1);
        else response.destroy();
      });
      response.on("close", () => outgoing.destroy());
      outgoing.end(Buffer.concat(body));
    }
  });

  function relay(incoming: IncomingMessage, reply: IncomingMessage, response: ServerResponse): void {
    if (incoming.method === "POST" && balancer.loses.answer()) {
      reply.resume();
      response.destroy();
      return;
    }
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    response.flushHeaders();
    reply.on("error", () => response.destroy());
    reply.on("aborted", () => response.destroy());
    if (!/event-stream/.test(reply.headers["content-type"] ?? "")) reply.pipe(response);
    else relayEvents(reply, response, () => balancer.loses.event());
  }

  server.listen(0, "127.0.0.1", 4096);
  await once(server, "listening");
  const balancer: Balancer = {
    port: (server.address() as AddressInfo).port,
    loses: nothing,
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
  return balancer;
}

/** Whole events only: an intermediary that loses half of one breaks the connection as well. */
function relayEvents(reply: IncomingMessage, response: ServerResponse, loses: () => boolean): void {
  let rest = "";
  reply.setEncoding("utf8");
  reply.on("data", (text: string) => {
    const frames = (rest + text).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      if (/^event: delta$/m.test(frame) && loses()) continue;
      if (!response.write(`${frame}\n\n`)) reply.pause();
    }
  });
  response.on("drain", () => reply.resume());
  reply.on("end", () => response.end(rest));
}
