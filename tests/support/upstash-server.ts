/**
 * Speaks Upstash's REST protocol in front of a real Redis, as upstash.com/docs/redis/features/restapi describes it and
 * @upstash/redis expects it, and can misbehave the ways a hosted server and the network before it do.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, ErrorReply } from "@redis/client";

export interface UpstashServer {
  url: string;
  token: string;
  /** Ends all event streams as if they were complete; new ones can be opened. */
  endStreams(): void;
  /** Event streams stay open and carry nothing. */
  silent: boolean;
  /** Requests are taken and never answered. */
  hanging: boolean;
  /** PUBLISH is unknown to scripts. */
  noPublishInScripts: boolean;
  /** How many event streams have been opened so far, and bytes of the largest request. */
  seen: { streams: number; requestBytesMax: number };
  close(): Promise<void>;
}

type Reply = { result: unknown } | { error: string };

const requestBytesMax = 1024 * 1024;

export async function startUpstashServer({ redisUrl, token = "a-token" }: { redisUrl: string; token?: string }) {
  const newClient = () => createClient({ url: redisUrl, RESP: 2 }).on("error", () => undefined);
  const redis = await newClient().connect();
  const streams = new Map<ServerResponse, () => void>();

  async function command(command: unknown): Promise<Reply> {
    if (!Array.isArray(command) || command.length === 0) return { error: "ERR empty command" };
    try {
      return { result: await redis.sendCommand(rewrite(command.map(String))) };
    } catch (error) {
      if (error instanceof ErrorReply) return { error: error.message };
      throw error;
    }
  }

  /** A server that does not know a script is sent its source, which can then be changed. */
  function rewrite(args: string[]): string[] {
    if (!server.noPublishInScripts) return args;
    const [name = "", script = "", ...rest] = args;
    if (name === "evalsha") return [name, "0".repeat(40), ...rest];
    return name === "eval" ? [name, script.replaceAll("'PUBLISH'", "'NOPUBLISH'"), ...rest] : args;
  }

  async function transaction(commands: string[][]): Promise<Reply | Reply[]> {
    const multi = redis.multi();
    for (const one of commands) multi.addCommand(one.map(String));
    try {
      return (await multi.execAsPipeline()).map((result) => ({ result }));
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  async function subscribe(channel: string, response: ServerResponse): Promise<void> {
    const subscription = newClient();
    const end = () => {
      if (streams.delete(response)) subscription.destroy();
    };
    streams.set(response, end);
    server.seen.streams++;
    response.on("close", end);
    await subscription.connect();
    const lines: string[] = [];
    const write = (line: string) => {
      if (!response.headersSent) lines.push(line);
      else if (!server.silent) response.write(`data: ${line}\n\n`);
    };
    try {
      await subscription.subscribe(channel, (message) => write(`message,${channel},${message}`));
    } catch (error) {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: (error as Error).message }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    for (const line of [`subscribe,${channel},1`, ...lines]) write(line);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    if (server.hanging) return;
    const encode = request.headers["upstash-encoding"] === "base64" ? base64 : (value: unknown) => value;
    const answer = (status: number, reply: Reply | Reply[]) => {
      const encoded = [reply].flat().map((one) => ("error" in one ? one : { result: encode(one.result) }));
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(Array.isArray(reply) ? encoded : encoded[0]));
    };
    server.seen.requestBytesMax = Math.max(server.seen.requestBytesMax, body.length);
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { error: "Unauthorized" });
    if (request.method !== "POST") return answer(405, { error: "ERR method not allowed" });
    if (body.length > requestBytesMax) return answer(400, { error: "ERR max request size exceeded." });
    const [, path = "", channel = ""] = (request.url ?? "").split("/").map(decodeURIComponent);
    if (path === "subscribe") return subscribe(channel, response);
    const parsed = JSON.parse(body.toString()) as string[][];
    if (path === "pipeline") return answer(200, await inOrder(parsed, command));
    const reply = path === "multi-exec" ? await transaction(parsed) : await command(parsed);
    answer("error" in reply ? 400 : 200, reply);
  }

  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");

  const server: UpstashServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    token,
    silent: false,
    hanging: false,
    noPublishInScripts: false,
    seen: { streams: 0, requestBytesMax: 0 },
    endStreams() {
      for (const response of streams.keys()) response.end();
    },
    async close() {
      for (const end of streams.values()) end();
      http.close();
      http.closeAllConnections();
      await once(http, "close");
      redis.destroy();
    },
  };
  return server;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function inOrder<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** Every string, at any depth, but for a plain "OK". */
function base64(value: unknown): unknown {
  return value === "OK" ? value : base64Deep(value);
}

function base64Deep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(base64Deep);
  return typeof value === "string" ? Buffer.from(value).toString("base64") : value;
}
