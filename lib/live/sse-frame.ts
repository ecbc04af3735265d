/** Server-Sent Events on the wire (WHATWG HTML, section 9.2). Data is one line of JSON, so it needs no escaping. */
import { type Position, positionId } from "@/lib/domain/snapshot";

export type ByeReason = "delivery-off" | "draining" | "full" | "rotating" | "slow" | "starting" | "unavailable";

export function eventFrame(event: string, data: string, position: Position | null): Buffer {
  const id = position ? `id: ${positionId(position)}\n` : "";
  return Buffer.from(`${id}event: ${event}\ndata: ${data}\n\n`);
}

export function heartbeatFrame({ epoch, version }: Position): Buffer {
  return eventFrame("heartbeat", `{"epoch":"${epoch}","version":${version}}`, null);
}

/** Says why the server closes, and after how many milliseconds this one viewer should come back. */
export function byeFrame(reason: ByeReason, retryMs: number, position: Position | null): Buffer {
  return Buffer.concat([retryLine(retryMs), eventFrame("bye", `{"reason":"${reason}"}`, position)]);
}

/** The beginning of the frame that follows: some clients take the field on its own for an event without data. */
export function retryLine(retryMs: number): Buffer {
  return Buffer.from(`retry: ${Math.round(retryMs)}\n`);
}
