/** Where commands over TCP go: to one server, or to the node of a Cluster that has the key. */
import type { Dial } from "./dial";
import { type Command, exchange, type Reply } from "./exchange";
import { keepConnection } from "./tcp-connection";

export interface TcpLink {
  /** Replies in order. Rejects when one of the servers does not answer in time. */
  send(commands: readonly Command[]): Promise<Reply[]>;
  /** As `send`, with nothing of others in between; all keys on one node. */
  sendChained(commands: readonly Command[]): Promise<Reply[]>;
  /** A connection of its own, for a subscription. */
  dial: Dial;
  /** Names the server that has the key; "" where there is one only. */
  nodeOf(key: string): string;
  /** A hash tag for each server, of keys that it has. */
  tags(): Promise<string[]>;
  close(): void;
}

export const oneTag = "probe";

/** @param timeoutMs for each request, the wait for a connection included. */
export function linkToOne(dial: Dial, timeoutMs: number): TcpLink {
  const connection = keepConnection(dial);
  return {
    send: (commands) => exchange(connection, commands, { timeoutMs, renews: true }),
    sendChained: (commands) => exchange(connection, commands, { timeoutMs, renews: true, chainId: Symbol("chain") }),
    dial,
    nodeOf: () => "",
    tags: async () => [oneTag],
    close: () => connection.close(),
  };
}
