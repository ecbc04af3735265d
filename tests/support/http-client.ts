/** HTTP as a test writes it: paths are not tidied up, a header may come twice, a body may come in pieces of unknown length. */
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";

export interface HttpCall {
  method?: string;
  path: string;
  /** By name, or as name, value, name, value in turn. */
  headers?: OutgoingHttpHeaders | readonly string[];
  /** An iterable goes out chunked. */
  body?: string | Buffer | Iterable<Buffer>;
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
  json(): ReturnType<typeof JSON.parse>;
}

export interface HttpClient {
  send(call: HttpCall): Promise<HttpReply>;
  close(): void;
}

const patienceMs = 20_000;

/** Keeps connections alive, at most `connectionsMax` of them. */
export function createHttpClient(port: number, connectionsMax = 256): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  return {
    async send(call) {
      // A server may close a kept connection just when it is used again; what was refused so was not read.
      return sendOnce(agent, port, call).catch((error: NodeJS.ErrnoException & { reused?: boolean }) => {
        if (!error.reused || error.code !== "ECONNRESET") throw error;
        return sendOnce(agent, port, call);
      });
    },
    close: () => agent.destroy(),
  };
}

function sendOnce(agent: Agent, port: number, { method = "GET", path, headers, body }: HttpCall): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const written = Array.isArray(headers) ? withHost(headers, port) : (headers as OutgoingHttpHeaders | undefined);
    const outgoing = request({ agent, host: "127.0.0.1", port, method, path, ...(written && { headers: written }) });
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error(`no reply within ${patienceMs} ms`)));
    let answered = false;
    outgoing.on("error", (error) => {
      // Whoever refuses a long body may stop reading it; the reply is what counts.
      if (!answered) reject(Object.assign(error, { reused: outgoing.reusedSocket }));
    });
    outgoing.on("response", (incoming) => {
      answered = true;
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => resolve(replyOf(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks))));
    });
    if (typeof body === "string" || Buffer.isBuffer(body)) outgoing.end(body);
    else {
      for (const chunk of body ?? []) outgoing.write(chunk);
      outgoing.end();
    }
  });
}

function replyOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): HttpReply {
  const text = bytes.toString("utf8");
  return { status, headers, bytes, text, json: () => JSON.parse(text) };
}

function withHost(headers: readonly string[], port: number): OutgoingHttpHeaders {
  return ["host", `127.0.0.1:${port}`, ...headers] as unknown as OutgoingHttpHeaders;
}
