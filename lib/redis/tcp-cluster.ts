/**
 * A Redis Cluster: a kept connection to each master, and which of them has which slot. Commands that are sent together
 * go out at once, those of each node in order. Where slots are is asked again after a redirection or a failure, so that
 * a failover is followed.
 */
import { z } from "zod";
import { groupBy } from "@/lib/group-by";
import { within } from "./deadline";
import { type DialSettings, dialTo } from "./dial";
import { type Command, exchange, type Reply } from "./exchange";
import { slotCount, slotOf } from "./key-slot";
import { nodeName, type RedisAddress, type RedisNode, readNode } from "./redis-url";
import { keepConnection, type TcpConnection } from "./tcp-connection";
import { oneTag, type TcpLink } from "./tcp-link";

const refreshEveryMs = 250;
const redirectionsMax = 3;
const defaultPort = 6_379;
/** Of more nodes than this some would be left without a tag. */
const tagsMax = 20_000;

const slotSchema = z
  .int()
  .min(0)
  .max(slotCount - 1);
/** First slot, last slot, the master as host, port and more, then its replicas. */
const masterSchema = z.tuple([z.string().nullable(), z.int()]).rest(z.unknown());
const rangesSchema = z.array(z.tuple([slotSchema, slotSchema, masterSchema]).rest(z.unknown()));

export function linkToCluster(address: RedisAddress, settings: DialSettings): TcpLink {
  const { timeoutMs } = settings;
  const options = { timeoutMs, renews: false };
  const connections = new Map<string, TcpConnection>();
  let masters: string[] = [];
  /** Names of nodes by slot; empty until known. */
  let slots: string[] = [];
  let refreshing: Promise<void> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  function connectionTo(name: string): TcpConnection {
    const known = connections.get(name);
    if (known) return known;
    const node = readNode(name, defaultPort);
    if (!node || closed) throw new Error(closed ? "the connection was closed" : `${name} is no address`);
    const connection = keepConnection(dialTo(node, address, settings));
    connections.set(name, connection);
    return connection;
  }

  function refresh(): Promise<void> {
    refreshing ??= readSlots().finally(() => {
      refreshing = undefined;
      refreshedAt = performance.now();
    });
    return refreshing;
  }

  function refreshSoon(): void {
    if (closed || performance.now() - refreshedAt < refreshEveryMs) return;
    // The failure that led here is its caller's to report, and the next one leads here again.
    refresh().catch(() => undefined);
  }

  /** Asks one node after the other, each time in another order, since one that is cut off may have old news. */
  async function readSlots(): Promise<void> {
    const seeds = address.nodes.map(nodeName).filter((name) => !masters.includes(name));
    let failure: unknown = new Error("no node of the Cluster is known");
    for (const name of [...shuffled(masters), ...shuffled(seeds)]) {
      try {
        const [reply] = await exchange(connectionTo(name), [["CLUSTER", "SLOTS"]], options);
        if (!reply || "error" in reply) throw new Error(reply?.error ?? "no reply");
        const ranges = rangesSchema.parse(reply.result);
        if (ranges.length === 0) throw new Error(`CLUSTERDOWN ${name} knows of no slot`);
        return take(ranges, readNode(name, defaultPort));
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  function take(ranges: z.infer<typeof rangesSchema>, asked: RedisNode | undefined): void {
    const next: string[] = [];
    for (const [from, to, [host, port]] of ranges) {
      // Without a host it is that of the node that was asked.
      const name = nodeName({ host: host || (asked?.host ?? ""), port });
      for (let slot = from; slot <= to; slot++) next[slot] = name;
    }
    slots = next;
    masters = [...new Set(next)].filter((name) => name !== undefined);
    for (const [name, connection] of connections) {
      if (masters.includes(name)) continue;
      connection.close();
      connections.delete(name);
    }
  }

  async function ready(): Promise<void> {
    if (slots.length === 0) await within(timeoutMs, "the nodes of the Cluster did not answer", refresh());
  }

  /** Any node takes a command without a key; for a slot that none has, any node says so. */
  function nameFor(command: Command | undefined): string {
    const key = command && keyOf(command);
    const name = key === undefined ? undefined : slots[slotOf(key)];
    return name ?? masters[Math.floor(Math.random() * masters.length)] ?? "";
  }

  async function sendTo(name: string, commands: readonly Command[], chainId?: symbol): Promise<Reply[]> {
    try {
      return await exchange(connectionTo(name), commands, { ...options, ...(chainId && { chainId }) });
    } catch (error) {
      refreshSoon();
      throw error;
    }
  }

  /** Follows a slot that has moved, or is being moved. */
  async function redirected(command: Command, first: Reply): Promise<Reply> {
    let reply = first;
    for (let i = 0; i < redirectionsMax && "error" in reply; i++) {
      if (/^(READONLY|CLUSTERDOWN|MASTERDOWN|LOADING)\b/.test(reply.error)) refreshSoon();
      const [, kind, slot, host] = /^(MOVED|ASK) (\d+) (\S+)/.exec(reply.error) ?? [];
      // Without a host it is that of the node that was asked, which CLUSTER SLOTS says as well.
      if (kind && host?.startsWith(":")) refreshSoon();
      if (!kind || !host || host.startsWith(":")) break;
      if (kind === "MOVED") {
        slots[Number(slot)] = host;
        refreshSoon();
      }
      const replies = await sendTo(host, kind === "ASK" ? [["ASKING"], command] : [command]);
      reply = replies.at(-1) ?? reply;
    }
    return reply;
  }

  async function send(commands: readonly Command[]): Promise<Reply[]> {
    await ready();
    const byNode = groupBy([...commands.keys()], (i) => nameFor(commands[i]));
    const replies: Reply[] = [];
    const sendPart = async ([name, places]: [string, number[]]) => {
      const part = places.map((i) => commands[i] ?? []);
      const answered = await sendTo(name, part);
      const settled = await Promise.all(answered.map((reply, j) => redirected(part[j] ?? [], reply)));
      for (const [j, reply] of settled.entries()) replies[places[j] ?? 0] = reply;
    };
    await Promise.all([...byNode].map(sendPart));
    return replies;
  }

  return {
    send,
    async sendChained(commands) {
      await ready();
      return sendTo(nameFor(commands.find((command) => keyOf(command) !== undefined)), commands, Symbol("chain"));
    },
    async dial(onLost) {
      await ready();
      const node = readNode(nameFor(undefined), defaultPort);
      if (!node) throw new Error("no node of the Cluster is known");
      return dialTo(
        node,
        address,
        settings,
      )(onLost).catch((error) => {
        refreshSoon();
        throw error;
      });
    },
    nodeOf: (key) => slots[slotOf(key)] ?? "",
    async tags() {
      await ready();
      const missing = new Set(masters);
      const tags: string[] = [];
      for (let i = 0; i < tagsMax && missing.size > 0; i++) {
        const tag = `${oneTag}${i}`;
        if (missing.delete(slots[slotOf(tag)] ?? "")) tags.push(tag);
      }
      return tags;
    },
    close() {
      closed = true;
      for (const connection of connections.values()) connection.close();
      connections.clear();
    },
  };
}

/** The first key; undefined for commands without one. */
export function keyOf([name, ...args]: Command): string | undefined {
  switch (String(name).toLowerCase()) {
    case "eval":
    case "evalsha":
      return Number(args[1]) > 0 ? String(args[2]) : undefined;
    case "publish":
    case "ping":
    case "echo":
    case "info":
    case "hello":
    case "multi":
    case "exec":
      return undefined;
    default:
      return args[0] === undefined ? undefined : String(args[0]);
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
