/**
 * One connection to Redis that is always being kept or sought. While an attempt is under way requests wait for it
 * (bounded by their own time limit); between attempts they fail at once, so nothing piles up.
 */
import { createClient } from "@redis/client";
import { backoffMs } from "./backoff";
import { within } from "./deadline";

const backoffFirstMs = 50;
const backoffMaxMs = 1_000;
/** A connection that lived shorter than this counts as a failed attempt. */
const provenMs = 1_000;
const commandsWaitingMax = 10_000;
/** When the operating system's own attempt is ended; nobody waits that long. */
const connectMaxMs = 5_000;

export type TcpClient = ReturnType<typeof newClient>;

export interface TcpConnection {
  client(): Promise<TcpClient>;
  /** Gives up a connection whose replies do not come: they are in order, so all behind would wait as well. */
  retire(client: TcpClient): void;
  /**
   * Replaces a connection to a server that cannot be the right one: the address may lead to another one by now. The
   * present connection serves until the new one is there. At most once in `provenMs`.
   */
  renew(client: TcpClient): void;
  close(): void;
}

export function keepConnection(url: string, timeoutMs: number): TcpConnection {
  let current: Promise<TcpClient>;
  let live: { client: TcpClient; since: number } | undefined;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let renewing = false;
  let closed = false;

  function open(): void {
    current = connect(url, timeoutMs, lost);
    current.then(
      (client) => {
        if (closed) return client.destroy();
        live = { client, since: performance.now() };
      },
      () => openLater(),
    );
  }

  function openLater(): void {
    if (closed) return;
    timer = setTimeout(open, backoffMs(failures++, backoffFirstMs, backoffMaxMs));
    timer.unref();
  }

  function lost(client: TcpClient): void {
    if (live?.client !== client) return;
    const proven = performance.now() - live.since >= provenMs;
    live = undefined;
    client.destroy();
    if (closed) return;
    if (proven) {
      failures = 0;
      open();
    } else {
      current = refused("the connection was lost");
      openLater();
    }
  }

  function renew(client: TcpClient): void {
    if (renewing || live?.client !== client || performance.now() - live.since < provenMs) return;
    renewing = true;
    connect(url, timeoutMs, lost)
      .then((next) => {
        if (closed || live?.client !== client) return next.destroy();
        live = { client: next, since: performance.now() };
        current = Promise.resolve(next);
        closeWithin(timeoutMs, client);
      })
      // The present one goes on, and the next reply of its kind tries again.
      .catch(() => undefined)
      .finally(() => {
        renewing = false;
      });
  }

  open();
  return {
    client: () => current,
    retire: lost,
    renew,
    close() {
      closed = true;
      clearTimeout(timer);
      live?.client.destroy();
      current = refused("the connection was closed");
    },
  };
}

/** A client that has answered once. `onLost` hears of its end, which is final: it does not reconnect by itself. */
export async function connect(url: string, timeoutMs: number, onLost: (client: TcpClient) => void) {
  const client = newClient(url);
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

/** Requests under way are given that time to be answered. */
function closeWithin(ms: number, client: TcpClient): void {
  within(ms, "requests under way not answered", client.close()).catch(() => client.destroy());
}

/** A rejection that nobody has to be waiting for. */
function refused(reason: string): Promise<never> {
  const rejection = Promise.reject(new Error(reason));
  rejection.catch(() => undefined);
  return rejection;
}

function newClient(url: string) {
  return createClient({
    url,
    // The older protocol gives replies the very shapes that Upstash's REST API gives them.
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: "disabled",
    disableOfflineQueue: true,
    commandsQueueMaxLength: commandsWaitingMax,
    socket: { connectTimeout: connectMaxMs, reconnectStrategy: false },
  });
}
