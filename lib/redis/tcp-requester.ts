/**
 * Serves the commands of @upstash/redis over TCP connections: the same requests and replies as Upstash's REST API
 * (one command, `pipeline`, `multi-exec`, `subscribe`), without the HTTP hop.
 */
import type { Requester } from "@upstash/redis";
import { within } from "./deadline";
import { type DialSettings, dialBySentinel, dialTo, type TcpClient } from "./dial";
import type { Command, Reply } from "./exchange";
import type { RedisAddress } from "./redis-url";
import { linkToCluster } from "./tcp-cluster";
import { linkToOne, type TcpLink } from "./tcp-link";

type Request = Parameters<Requester["request"]>[0];

export interface TcpRequester extends Requester, Pick<TcpLink, "nodeOf" | "tags" | "close"> {}

/** `timeoutMs` is for each request, the wait for a connection included. */
export function createTcpRequester(address: RedisAddress, settings: DialSettings): TcpRequester {
  const { timeoutMs } = settings;
  const link = openLink(address, settings);
  const subscriptions = new Set<TcpClient>();
  let closed = false;

  async function transaction(commands: Command[]): Promise<Reply[]> {
    const replies = await link.sendChained([["MULTI"], ...commands, ["EXEC"]]);
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
    const client = await link.dial(ended);
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
    if (path === undefined) return (await link.send([request.body as Command]))[0];
    if (path === "pipeline") return link.send(request.body as Command[]);
    if (path === "multi-exec") return transaction(request.body as Command[]);
    if (path === "subscribe" && channel) return subscribe(channel, request);
    return { error: `ERR ${path} is not served over TCP` };
  }

  return {
    request: request as Requester["request"],
    nodeOf: link.nodeOf,
    tags: link.tags,
    close() {
      closed = true;
      link.close();
      for (const client of subscriptions) client.destroy();
      subscriptions.clear();
    },
  };
}

function openLink(address: RedisAddress, settings: DialSettings): TcpLink {
  if (address.mode === "cluster") return linkToCluster(address, settings);
  if (address.mode === "sentinel") return linkToOne(dialBySentinel(address, settings), settings.timeoutMs);
  const [node] = address.nodes;
  if (!node) throw new Error("REDIS_URL has no host");
  return linkToOne(dialTo(node, address, settings), settings.timeoutMs);
}
