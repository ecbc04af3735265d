/** Where a board's first stood when this browser's viewer last looked, kept for a week, of a few boards. */
import { streamWindow } from "@/lib/domain/snapshot";
import type { Baseline } from "./moves-since";
import { readStored, storedKeys, writeStored } from "./stored";

const prefix = "rungs:look:";
const lookMaxMs = 7 * 86_400_000;
const boardsMax = 20;

/** Null where there was none, or too long ago. */
export function readLook(boardId: string, now: number): Baseline | null {
  return parseLook(readStored(prefix + boardId), now);
}

export function keepLook(boardId: string, { at, ranks }: Baseline): void {
  forgetOld(boardId, at);
  writeStored(prefix + boardId, { at, ranks: [...ranks].slice(0, streamWindow) });
}

/** Takes nothing on trust: anybody's script, or an older version of this one, may have written it. */
function parseLook(stored: unknown, now: number): Baseline | null {
  const { at, ranks } = (stored ?? {}) as { at?: unknown; ranks?: unknown };
  if (typeof at !== "number" || !(at <= now && now - at < lookMaxMs) || !Array.isArray(ranks)) return null;
  return { at, ranks: new Map(ranks.slice(0, streamWindow).filter(isRank)) };
}

function isRank(pair: unknown): pair is [string, number] {
  return Array.isArray(pair) && typeof pair[0] === "string" && Number.isSafeInteger(pair[1]) && pair[1] > 0;
}

function forgetOld(boardId: string, now: number): void {
  const others = storedKeys(prefix).filter((key) => key !== prefix + boardId);
  const looks = others.map((key) => ({ key, at: parseLook(readStored(key), now)?.at ?? 0 }));
  looks.sort((a, b) => b.at - a.at);
  for (const [i, { key, at }] of looks.entries()) if (at === 0 || i >= boardsMax - 1) writeStored(key, null);
}
