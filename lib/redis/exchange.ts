/** Commands and replies over a kept connection, in the form of @upstash/redis. */
import { ErrorReply } from "@redis/client";
import { noAnswer, RedisTimeoutError, within } from "./deadline";
import type { TcpClient } from "./dial";
import type { TcpConnection } from "./tcp-connection";

export type Command = (string | number | boolean)[];
export type Reply = { result: unknown } | { error: string };

export interface ExchangeOptions {
  /** For all of it, the wait for a connection included. */
  timeoutMs: number;
  /** With one, nothing of others comes between the commands. */
  chainId?: symbol;
  /** The address can lead to another server by now, so a reply of the wrong one makes a new connection. */
  renews: boolean;
}

/** Sends commands at once and gives their replies in order. */
export async function exchange(
  connection: TcpConnection,
  commands: readonly Command[],
  { timeoutMs, chainId, renews }: ExchangeOptions,
): Promise<Reply[]> {
  let client: TcpClient | undefined;
  const replies = async () => {
    const used = await connection.client();
    client = used;
    return Promise.all(commands.map((command) => sendOne(used, command, chainId)));
  };
  try {
    const answered = await within(timeoutMs, noAnswer(timeoutMs), replies());
    if (renews && client && answered.some(isOfWrongServer)) connection.renew(client);
    return answered;
  } catch (error) {
    if (client && error instanceof RedisTimeoutError) connection.retire(client);
    throw error;
  }
}

/** A replica, a server that has just started, or a node that does not have the key. */
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
