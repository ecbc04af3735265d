/** A viewer that knows only what the stream tells it: one snapshot, and then every change by delta. */
import { applyDelta } from "@/lib/domain/delta";
import type { Delta, Snapshot } from "@/lib/domain/snapshot";

export interface DeltaClient {
  snapshot(): Snapshot;
  snapshots(): number;
  deltas(): number;
  /** Resolves when the snapshot satisfies `wanted`; rejects when the stream ends or after `ms`. */
  until(wanted: (snapshot: Snapshot) => boolean, ms: number): Promise<void>;
  close(): Promise<void>;
}

/** Resolves once the first snapshot is there. Rejects when a delta does not fit what came before it. */
export async function openDeltaClient(url: string, board: string): Promise<DeltaClient> {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/boards/${board}/stream`, { signal: abort.signal });
  if (!response.ok || !response.body) throw new Error(`the stream of ${board} answered ${response.status}`);
  let snapshot: Snapshot | null = null;
  const seen = { snapshot: 0, delta: 0 };
  const waiting = new Set<() => void>();
  const take = (event: string, data: string) => {
    if (event === "snapshot") snapshot = JSON.parse(data) as Snapshot;
    else if (event === "delta" && snapshot) snapshot = applyDelta(snapshot, JSON.parse(data) as Delta);
    else return;
    seen[event]++;
    for (const look of waiting) look();
  };
  const reading = readEvents(response.body, take);
  const failed = reading.then(() => Promise.reject(new Error("the stream ended")));
  failed.catch(() => undefined);

  const until = (wanted: (snapshot: Snapshot) => boolean, ms: number) => {
    let look = () => {};
    let timer: NodeJS.Timeout | undefined;
    const reached = new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not reached within ${ms} ms`)), ms);
      look = () => {
        if (snapshot && wanted(snapshot)) resolve();
      };
      waiting.add(look);
      look();
    });
    return Promise.race([reached, failed]).finally(() => {
      clearTimeout(timer);
      waiting.delete(look);
    });
  };
  await until(() => true, 10_000);
  return {
    snapshot: () => snapshot as unknown as Snapshot,
    snapshots: () => seen.snapshot,
    deltas: () => seen.delta,
    until,
    async close() {
      abort.abort();
      await reading.catch(() => undefined);
    },
  };
}

async function readEvents(body: ReadableStream<Uint8Array>, take: (event: string, data: string) => void) {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const frames = text.split("\n\n");
    text = frames.pop() ?? "";
    for (const frame of frames) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(frame)?.[1];
      take(field("event") ?? "message", field("data") ?? "");
    }
  }
}
