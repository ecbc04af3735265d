import type { BoardStream } from "./board-stream";
import type { StreamedBoard } from "./streamed-board";

/** Opens the board's stream once its code is there, which is fetched for boards that stream only. */
export function openStreamOnDemand(board: StreamedBoard): BoardStream {
  let stream: BoardStream | null = null;
  let closed = false;

  async function load(): Promise<void> {
    const code = await import("./streamed-board").catch(() => null);
    if (closed) return;
    if (code) stream ??= code.openStreamOf(board);
    else board.onState("down");
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
