/** How a connection to Redis comes about: straight to a server, or to the one that Sentinels name. */
import { createClient } from "@redis/client";
import { within } from "./deadline";
import { type Credentials, nodeName, type RedisAddress, type RedisNode, readNode } from "./redis-url";

const commandsWaitingMax = 10_000;
/** When the operating system's own attempt is ended; nobody waits that long. */
const connectMaxMs = 5_000;

export type TcpClient = ReturnType<typeof newClient>;

/** Gives a client that has answered once. `onLost` receives its end, which is final: it does not reconnect by itself. */
export type Dial = (onLost: (client: TcpClient) => void) => Promise<TcpClient>;

interface Options {
  tls: boolean;
  /** Certificates in PEM of whom to trust, in place of the system's. */
  ca: string | undefined;
  credentials: Credentials;
  database: number;
  timeoutMs: number;
}

export interface DialSettings {
  ca: string | undefined;
  /** For the connection, and again for its first answer. */
  timeoutMs: number;
}

export function dialTo(node: RedisNode, address: RedisAddress, { ca, timeoutMs }: DialSettings): Dial {
  const { tls, credentials, database } = address;
  return (onLost) => connect(node, { tls, ca, credentials, database, timeoutMs }, onLost);
}

/**
 * Asks all Sentinels where the primary is, and takes the first server that says so itself: after a failover a Sentinel
 * may not know of it yet.
 */
export function dialBySentinel(address: RedisAddress, settings: DialSettings): Dial {
  return async (onLost) => {
    const attempts = address.nodes.map(async (sentinel) => {
      const primary = await askSentinel(sentinel, address, settings);
      const client = await dialTo(primary, address, settings)(onLost);
      if (await isPrimary(client)) return client;
      client.destroy();
      throw new Error(`READONLY ${nodeName(primary)} is not the primary that a Sentinel takes it for`);
    });
    const chosen = await Promise.any(attempts).catch((error: AggregateError) => Promise.reject(error.errors[0]));
    for (const attempt of attempts) {
      attempt.then((client) => client !== chosen && client.destroy()).catch(() => undefined);
    }
    return chosen;
  };
}

async function askSentinel(sentinel: RedisNode, address: RedisAddress, settings: DialSettings): Promise<RedisNode> {
  const { ca, timeoutMs } = settings;
  const { tls, name, sentinelCredentials } = address;
  const options = { tls, ca, credentials: sentinelCredentials, database: 0, timeoutMs };
  const client = await connect(sentinel, options, () => undefined);
  try {
    const asked = client.sendCommand<unknown>(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name]);
    const answer = await within(timeoutMs, `no answer of a Sentinel within ${timeoutMs} ms`, asked);
    const [host, port] = Array.isArray(answer) ? answer.map(String) : [];
    const node =
      host && port ? readNode(host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`, 6379) : undefined;
    if (!node) throw new Error(`the Sentinel at ${nodeName(sentinel)} has no primary of the name in REDIS_URL`);
    return node;
  } finally {
    client.destroy();
  }
}

async function isPrimary(client: TcpClient): Promise<boolean> {
  const hello = await client.sendCommand<unknown>(["HELLO", "2"]);
  return Array.isArray(hello) && hello[hello.indexOf("role") + 1] === "master";
}

async function connect(node: RedisNode, options: Options, onLost: (client: TcpClient) => void): Promise<TcpClient> {
  const { timeoutMs } = options;
  const client = newClient(node, options);
  let answered = false;
  client.on("error", () => answered && onLost(client));
  const connecting = client.connect();
  try {
    await within(timeoutMs, `no connection within ${timeoutMs} ms`, connecting);
    await within(timeoutMs, `no answer within ${timeoutMs} ms`, client.ping());
    answered = true;
    return client;
  } catch (error) {
    client.destroy();
    // One that comes about after all was not destroyed by that.
    connecting.then(() => client.destroy()).catch(() => undefined);
    throw error;
  }
}

function newClient({ host, port }: RedisNode, { tls, ca, credentials, database }: Options) {
  const socket = { host, port, connectTimeout: connectMaxMs, reconnectStrategy: false } as const;
  return createClient({
    ...credentials,
    database,
    // The older protocol gives replies the very shapes that Upstash's REST API gives them.
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: "disabled",
    disableOfflineQueue: true,
    commandsQueueMaxLength: commandsWaitingMax,
    socket: tls ? { ...socket, tls, ...(ca !== undefined && { ca }) } : socket,
  });
}
