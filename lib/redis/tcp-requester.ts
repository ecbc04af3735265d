/**
 * Serves the commands of @upstash/redis over a TCP connection: the same requests and replies as Upstash's REST API
 * (one command, `pipeline`, `multi-exec`, `subscribe`), without the HTTP hop.
 */
import { ErrorReply } from "@redis/client";
import type { Requester } from "@upstash/redis";
import { noAnswer, RedisTimeoutError, within } from "./deadline";
import { connect, keepConnection, type TcpClient } from "./tcp-connection";

type Command = (string | number | boolean)[];
type Reply = { result: unknown } | { error: string };
type Request = Parameters<Requester["request"]>[0];

export interface TcpRequester extends Requester {
  close(): void;
}

/** @param timeoutMs for each request, the wait for a connection included. */
export function createTcpRequester(url: string, timeoutMs: number): TcpRequester {
  const connection = keepConnection(url, timeoutMs);
  const subscriptions = new Set<TcpClient>();
  let closed = false;

  async function send(commands: Command[], chainId?: symbol): Promise<Reply[]> {
    let client: TcpClient | undefined;
    const replies = async () => {
      const used = await connection.client();
      client = used;
      return Promise.all(commands.map((command) => sendOne(used, command, chainId)));
    };
    try {
      const answered = await within(timeoutMs, noAnswer(timeoutMs), replies());
      if (client && answered.some(isOfWrongServer)) connection.renew(client);
      return answered;
    } catch (error) {
      if (client && error instanceof RedisTimeoutError) connection.retire(client);
      throw error;
    }
  }

  async function transaction(commands: Command[]): Promise<Reply[]> {
    const replies = await send([["MULTI"], ...commands, ["EXEC"]], Symbol("transaction"));
    const last = replies.at(-1);
    if (!last || "error" in last) throw new Error(last?.error ?? "no reply");
    return (last.result as unknown[]).map((result) =>
      result instanceof Error ? { error: result.message } : { result },
    );
  }

  async function subscribe(channel: string, { onMessage, signal }: Request): Promise<Reply> {
    const ended = (client: TcpClient) => {
      if (!subscriptions.delete(client)) return;
      client.destroy();
      onMessage?.(`unsubscribe,${channel},0`);
    };
    const client = await connect(url, timeoutMs, ended);
    subscriptions.add(client);
    const stop = () => subscriptions.delete(client) && client.destroy();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (closed || signal?.aborted) throw new Error("the subscription was given up");
      const subscribed = client.subscribe(channel, (message) => onMessage?.(`message,${channel},${message}`));
      await within(timeoutMs, `no subscription within ${timeoutMs} ms`, subscribed);
    } catch (error) {
      stop();
      throw error;
    }
    onMessage?.(`subscribe,${channel},1`);
    return { result: 1 };
  }

  async function request(request: Request): Promise<Reply | Reply[] | undefined> {
    const [path, channel] = request.path ?? [];
    if (path === undefined) return (await send([request.body as Command]))[0];
    if (path === "pipeline") return send(request.body as Command[]);
    if (path === "multi-exec") return transaction(request.body as Command[]);
    if (path === "subscribe" && channel) return subscribe(channel, request);
    return { error: `ERR ${path} is not served over TCP` };
  }

  return {
    request: request as Requester["request"],
    close() {
      closed = true;
      connection.close();
      for (const client of subscriptions) client.destroy();
      subscriptions.clear();
    },
  };
}

/** A replica, a server that has just started, or one that does not have the key: another one may be at the address by now. */
function isOfWrongServer(reply: Reply): boolean {
  // Redis before version 7 puts the code of a script's error after some words of its own.
  return "error" in reply && /^(READONLY|LOADING|MASTERDOWN|MOVED)\b|: -(READONLY|MASTERDOWN)\b/.test(reply.error);
}

/** An error that Redis replied with is a reply; a lost connection is a rejection. */
async function sendOne(client: TcpClient, command: Command, chainId: symbol | undefined): Promise<Reply> {
  try {
    const result = await client.sendCommand<unknown>(command.map(String), chainId ? { chainId } : {});
    return { result };
  } catch (error) {
    if (error instanceof ErrorReply) return { error: error.message };
    throw error;
  }
}
