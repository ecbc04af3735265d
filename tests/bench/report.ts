/** What a run was and gave, as `--json` writes it. */
import { execFile } from "node:child_process";
import { cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";
import { findPostgresBinaries } from "@/lib/embedded/postgres-binaries";
import type { BenchTable } from "./part";

export interface Report {
  machine: string;
  node: string;
  postgres: string;
  redis: string;
  nginx: string;
  command: string;
  /** ISO 8601. */
  startedAt: string;
  rounds: number;
  smoke: boolean;
  parts: PartReport[];
}

export interface PartReport {
  name: string;
  what: string;
  seconds: number;
  tables: BenchTable[];
}

export async function newReport(
  args: string[],
  { rounds, smoke }: { rounds: number; smoke: boolean },
): Promise<Report> {
  const { postgres } = await findPostgresBinaries();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${gigabytes} GiB, ${type()} ${release()}`,
    node: process.versions.node,
    postgres: await versionOf(postgres, "--version"),
    redis: await versionOf("redis-server", "--version"),
    nginx: await versionOf("nginx", "-v"),
    command: commandOf(args),
    startedAt: new Date().toISOString(),
    rounds,
    smoke,
    parts: [],
  };
}

/** What would measure the same: without where the figures are written to. */
function commandOf(args: readonly string[]): string {
  const measuring = args.filter((word, i) => word !== "--write" && word !== "--json" && args[i - 1] !== "--json");
  return ["npm run bench", ...(measuring.length > 0 ? ["--", ...measuring] : [])].join(" ");
}

/** One line. */
export function headOf({ machine, node, postgres, redis, nginx }: Report): string {
  return `${machine}; Node ${node}, Postgres ${postgres}, Redis ${redis}, nginx ${nginx}`;
}

async function versionOf(program: string, question: string): Promise<string> {
  const printed = await promisify(execFile)(program, [question]).catch(() => ({ stdout: "", stderr: "" }));
  return /\d+\.[\w.]+/.exec(printed.stdout + printed.stderr)?.[0] ?? "absent";
}
