import { isStore, type ProcessStat, treeOf } from "./process-tree";

/** Seconds of processor time that these processes and all under them have used so far; null where the system does not tell. */
export function cpuSeconds(...roots: number[]): number | null {
  return sum(treeOf(roots));
}

/** The same, stores and all else apart. */
export function cpuSecondsApart(...roots: number[]): Record<"program" | "stores", number | null> {
  const tree = treeOf(roots);
  return { program: sum(tree.filter((one) => !isStore(one))), stores: sum(tree.filter(isStore)) };
}

function sum(processes: readonly ProcessStat[]): number | null {
  return processes.length === 0 ? null : processes.reduce((seconds, one) => seconds + one.cpuSeconds, 0);
}
