import { readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** Seconds of processor time a process has used so far; null where the system does not tell (only Linux does). */
export function cpuSeconds(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  } catch {
    return null;
  }
}
