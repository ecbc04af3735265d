/** What processes use, with all that they have started. Only Linux tells; elsewhere there is nothing to see. */
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessStat {
  pid: number;
  parent: number;
  name: string;
  /** Seconds of processor time, with that of children that have ended. */
  cpuSeconds: number;
}

const ticksPerSecond = 100;
const stores = new Set(["postgres", "redis-server", "valkey-server"]);

/** The processes under these roots, roots included; empty where the system does not tell. */
export function treeOf(roots: readonly number[]): ProcessStat[] {
  const all = allProcesses();
  const found = new Map(all.filter(({ pid }) => roots.includes(pid)).map((one) => [one.pid, one]));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.set(one.pid, one);
  }
  return [...found.values()];
}

export function isStore({ name }: ProcessStat): boolean {
  return stores.has(name);
}

function allProcesses(): ProcessStat[] {
  try {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => statOf(Number(pid)) ?? []);
  } catch {
    return [];
  }
}

/** proc(5): after the name in brackets come state, parent, ..., and the times from the 12th on. */
function statOf(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const nameEnd = text.lastIndexOf(")");
    const fields = text.slice(nameEnd + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    const name = text.slice(text.indexOf("(") + 1, nameEnd);
    return { pid, parent: Number(fields[1]), name, cpuSeconds: ticks / ticksPerSecond };
  } catch {
    return null;
  }
}
