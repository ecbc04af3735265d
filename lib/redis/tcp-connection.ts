/**
 * One connection to Redis that is always being kept or sought. While an attempt is under way requests wait for it
 * (bounded by their own time limit); between attempts they fail at once, so nothing piles up.
 */
import { backoffMs } from "./backoff";
import { within } from "./deadline";
import type { Dial, TcpClient } from "./dial";

const backoffFirstMs = 50;
const backoffMaxMs = 1_000;
/** A connection that lived shorter than this counts as a failed attempt. */
const provenMs = 1_000;
/** How long requests under way may take on a connection that was replaced. */
const closeMaxMs = 5_000;

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

export function keepConnection(dial: Dial): TcpConnection {
  let current: Promise<TcpClient>;
  let live: { client: TcpClient; since: number } | undefined;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let renewing = false;
  let closed = false;

  function open(): void {
    current = dial(lost);
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
    dial(lost)
      .then((next) => {
        if (closed || live?.client !== client) return next.destroy();
        live = { client: next, since: performance.now() };
        current = Promise.resolve(next);
        closeGently(client);
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

function closeGently(client: TcpClient): void {
  within(closeMaxMs, "requests under way not answered", client.close()).catch(() => client.destroy());
}

/** A rejection that nobody has to be waiting for. */
function refused(reason: string): Promise<never> {
  const rejection = Promise.reject(new Error(reason));
  rejection.catch(() => undefined);
  return rejection;
}
