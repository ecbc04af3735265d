import type { Socket } from "node:net";

export interface Line {
  send(chunk: Buffer): void;
  /** Ends the receiving side once everything sent has arrived. */
  end(): void;
}

/** One way of a connection: pieces arrive in order, each as much later as `delayMs` says when it is sent. */
export function startLine(from: Socket, to: Socket, delayMs: () => number): Line {
  const waiting: { at: number; deliver: () => void }[] = [];

  function later(deliver: () => void): void {
    const ms = delayMs();
    if (ms === 0 && waiting.length === 0) {
      deliver();
      return;
    }
    waiting.push({ at: performance.now() + ms, deliver });
    if (waiting.length === 1) wait();
  }

  function wait(): void {
    const [first] = waiting;
    if (!first) return;
    const timer = setTimeout(
      () => {
        waiting.shift();
        if (!to.destroyed) first.deliver();
        wait();
      },
      Math.max(0, first.at - performance.now()),
    );
    timer.unref();
  }

  return {
    send: (chunk) =>
      later(() => {
        if (to.writable && !to.write(chunk)) from.pause();
      }),
    end: () => later(() => to.end()),
  };
}
