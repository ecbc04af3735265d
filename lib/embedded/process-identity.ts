/** Tells a process from a later one that was given the same pid. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/** When the process began, in words only to be compared. Undefined: it does not exist (any more). */
export async function startOfProcess(pid: number): Promise<string | undefined> {
  if (!exists(pid)) return undefined;
  return (await linuxStart(pid)) ?? (await psStart(pid)) ?? "unknown";
}

/** Whether the process that began at `start` still runs; where beginnings are unknown, whether any has the pid. */
export async function isSameProcess(pid: number, start: string): Promise<boolean> {
  const now = await startOfProcess(pid);
  return now !== undefined && (now === start || now === "unknown" || start === "unknown");
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Field 22 of proc_pid_stat(5), clock ticks since boot; the command's name before it may hold blanks and brackets. */
async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    // A zombie holds its pid, but nothing else.
    return state === "Z" ? "ended" : `${boot.trim()}:${ticks}`;
  } catch {
    return undefined;
  }
}

async function psStart(pid: number): Promise<string | undefined> {
  const printed = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => undefined);
  return printed?.stdout.trim() || undefined;
}
