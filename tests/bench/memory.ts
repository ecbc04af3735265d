import { readFileSync } from "node:fs";
import { treeOf } from "./process-tree";

/** What they hold does not depend on who asks or watches, and Postgres' processes share most of it. */
const stores = new Set(["postgres", "redis-server", "valkey-server"]);

/** Bytes of memory that these processes and all under them, but for stores, hold now; null where the system does not tell. */
export function residentBytes(...roots: number[]): number | null {
  return sum(roots, "VmRSS");
}

/** The most that each has held since it began, summed. */
export function peakBytes(...roots: number[]): number | null {
  return sum(roots, "VmHWM");
}

function sum(roots: readonly number[], field: string): number | null {
  const tree = treeOf(roots).filter(({ name }) => !stores.has(name));
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
