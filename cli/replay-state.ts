/**
 * How far a replay has come, kept in the data folder. Written before a batch is sent and after it is acknowledged, so
 * that a replay that was killed in between sends that same batch under that same idempotency key again.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";

const replayState = z.object({
  /** Random; in front of every idempotency key, so that beginning again is not taken for a repetition. */
  run: z.string(),
  /** Posts that were acknowledged. */
  next: z.int().min(0),
  /** End of the batch that was sent, or was about to be, when this was written; null between batches. */
  sendingTo: z.int().min(1).nullable(),
});

export type ReplayState = z.infer<typeof replayState>;

export interface ReplayTarget {
  /** Of the contest. */
  digest: string;
  board: string;
  /** Names the server, as the same one each time. */
  server: string;
}

export function newReplayState(): ReplayState {
  return { run: randomUUID(), next: 0, sendingTo: null };
}

export function replayStatePath(dataDir: string, { digest, board, server }: ReplayTarget): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([digest, board, server]))
    .digest("hex");
  return join(dataDir, "replay", `${hash.slice(0, 16)}.json`);
}

/** Null when there is none, or none that can be read. */
export async function readReplayState(path: string): Promise<ReplayState | null> {
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return replayState.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Replaces the file whole; a crash leaves either the old one or the new one. */
export async function writeReplayState(path: string, state: ReplayState): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.tmp`;
  const file = await open(draft, "w");
  try {
    await file.writeFile(JSON.stringify(state));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
