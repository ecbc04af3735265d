/** HTTP as a test writes it: paths are not tidied up, a header may come twice, a body may come in pieces of unknown length. */
import { Agent, type ClientRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";

export interface HttpCall {
  method?: string;
  path: string;
  /** By name, or as name, value, name, value in turn. */
  headers?: OutgoingHttpHeaders | readonly string[];
  /** A list goes out chunked. */
  body?: string | Buffer | readonly Buffer[];
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  json(): ReturnType<typeof JSON.parse>;
}

export interface HttpClient {
  /** With `enough` the connection is closed as soon as that is true of what has come; the reply then is so much of it. */
  send(call: HttpCall, enough?: (text: string) => boolean): Promise<HttpReply>;
  /** Sends what there is of a request and goes away without waiting for a reply. */
  abandon(call: HttpCall): Promise<void>;
  close(): void;
}

const patienceMs = 20_000;

/** Keeps connections alive, at most `connectionsMax` of them. */
export function createHttpClient(port: number, connectionsMax = 256): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  return {
    async send(call, enough) {
      // A server may close a kept connection just when it is used again; what was refused so was not read.
      return sendOnce(agent, port, call, enough).catch((error: NodeJS.ErrnoException & { reused?: boolean }) => {
        if (!error.reused || error.code !== "ECONNRESET") throw error;
        return sendOnce(agent, port, call, enough);
      });
    },
    async abandon(call) {
      const outgoing = open(agent, port, call).on("error", () => undefined);
      await new Promise<void>((resolve) => outgoing.write(call.body ?? "", () => resolve()));
      outgoing.destroy();
    },
    close: () => agent.destroy(),
  };
}

function open(agent: Agent, port: number, { method = "GET", path, headers }: HttpCall): ClientRequest {
  const written = Array.isArray(headers) ? withHost(headers, port) : (headers as OutgoingHttpHeaders | undefined);
  const outgoing = request({ agent, host: "127.0.0.1", port, method, path, ...(written && { headers: written }) });
  // A server that refuses a long body may cut the connection after its reply, when nobody looks after it any more.
  return outgoing.on("socket", (socket) => {
    if (!socket.listeners("error").includes(ignore)) socket.on("error", ignore);
  });
}

function ignore(): void {}

function sendOnce(agent: Agent, port: number, call: HttpCall, enough?: (text: string) => boolean): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const outgoing = open(agent, port, call);
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error(`no reply within ${patienceMs} ms`)));
    let answered = false;
    outgoing.on("error", (error) => {
      // The reply is what counts, also where the request could not be sent to its end.
      if (!answered) reject(Object.assign(error, { reused: outgoing.reusedSocket }));
    });
    outgoing.on("response", (incoming) => {
      answered = true;
      const chunks: Buffer[] = [];
      const done = () => resolve(replyOf(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks)));
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (!enough?.(Buffer.concat(chunks).toString())) return;
        done();
        outgoing.destroy();
      });
      incoming.on("error", reject);
      incoming.on("end", done);
    });
    const { body = "" } = call;
    if (Array.isArray(body)) for (const chunk of body) outgoing.write(chunk);
    outgoing.end(Array.isArray(body) ? undefined : body);
  });
}

function replyOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): HttpReply {
  const text = bytes.toString("utf8");
  return { status, headers, bytes, text, json: () => JSON.parse(text) };
}

function withHost(headers: readonly string[], port: number): OutgoingHttpHeaders {
  return ["host", `127.0.0.1:${port}`, ...headers] as unknown as OutgoingHttpHeaders;
}
