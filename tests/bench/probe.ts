/** Looks into a Node server from outside, by programs/probe.ts. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { poll } from "@/lib/embedded/deadline";
import { newFolder } from "./folder";
import { program } from "./processes";
import type { ProbeReading } from "./programs/probe";

export interface Probe {
  /** What the server has to be started with. */
  env: Record<string, string>;
  /** Has the process collect its garbage, and looks into it. */
  read(pid: number): Promise<ProbeReading>;
}

const patienceMs = 20_000;

export async function newProbe(): Promise<Probe> {
  const file = join((await newFolder()).path, "reading.json");
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(program("probe"))}`, PROBE_FILE: file },
    async read(pid) {
      await rm(file, { force: true });
      process.kill(pid, "SIGUSR2");
      const text = await poll(() => readFile(file, "utf8").catch(() => undefined), patienceMs, 20);
      if (text === undefined) throw new Error(`process ${pid} gives no reading`);
      return JSON.parse(text);
    },
  };
}
