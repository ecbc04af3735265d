import { readFileSync } from "node:fs";
import type { Contender } from "./contenders";
import { isStore, treeOf } from "./process-tree";

/**
 * Bytes of memory that a contender needs now, its stores not counted; null where the system does not tell. What a heap
 * has free is not needed: the larger program has more of it from its start, in which viewers would seem to cost nothing.
 */
export async function neededBytes({ pids, probe }: Contender): Promise<number | null> {
  const heapFree = (await probe?.())?.heapFree ?? 0;
  const resident = sum(pids, "VmRSS");
  return resident === null ? null : resident - heapFree;
}

/** The most that each process of a contender, but for stores, has held since it began, summed. */
export function peakBytes({ pids }: Pick<Contender, "pids">): number | null {
  return sum(pids, "VmHWM");
}

/** Without stores: what they hold does not depend on who asks or watches, and Postgres' processes share most of it. */
function sum(roots: readonly number[], field: string): number | null {
  const tree = treeOf(roots).filter((one) => !isStore(one));
  return tree.length === 0 ? null : tree.reduce((total, { pid }) => total + bytesOf(pid, field), 0);
}

function bytesOf(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
