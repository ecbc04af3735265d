import type { BoardStream } from "./board-stream";
import type { SharedStreamOptions } from "./shared-stream";

/** Opens the shared stream once its code is there, which is fetched for boards that stream only. */
export function openStreamOnDemand(options: SharedStreamOptions): BoardStream {
  let stream: BoardStream | null = null;
  let closed = false;

  async function load(): Promise<void> {
    const code = await import("./shared-stream").catch(() => null);
    if (closed) return;
    if (code) stream ??= code.openSharedStream(options);
    else options.listener.onState("down");
  }

  void load();
  return {
    retrySoon() {
      if (stream) stream.retrySoon();
      else void load();
    },
    close() {
      closed = true;
      stream?.close();
    },
  };
}
