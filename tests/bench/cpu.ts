import { treeOf } from "./process-tree";

/** Seconds of processor time that these processes and all under them have used so far; null where the system does not tell. */
export function cpuSeconds(...roots: number[]): number | null {
  const tree = treeOf(roots);
  return tree.length === 0 ? null : tree.reduce((sum, one) => sum + one.cpuSeconds, 0);
}
