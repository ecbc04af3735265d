/**
 * Runs as a process of its own beside a test file: Redis servers in a temporary folder, as redis-servers.ts asks for
 * them. They live as long as its standard input is open, however the test run ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "@/lib/embedded/free-port";
import type { HostAnswer, HostOrder, ServerSpec } from "./redis-servers";

const folder = await mkdtemp(join(tmpdir(), "rungs-redis-"));
const specs = JSON.parse(process.argv[2] ?? "[]") as ServerSpec[];
const ports: number[] = [];
while (ports.length < 2 * specs.length) ports.push(await freePort());
const children = new Map<number, ChildProcess>();

function start(i: number): void {
  const args = [join(folder, String(i), "redis.conf"), ...(specs[i]?.sentinel ? ["--sentinel"] : [])];
  const child = spawn("redis-server", args, { stdio: "ignore", cwd: join(folder, String(i)) });
  children.set(i, child);
}

async function write(spec: ServerSpec, i: number): Promise<void> {
  const own = join(folder, String(i));
  const lines = [...spec.config, "bind 127.0.0.1", `dir ${own}`, `logfile ${own}/redis.log`];
  const data = spec.sentinel ? [] : ['save ""', "appendonly no", "repl-diskless-sync-delay 0"];
  const text = [...lines, ...data]
    .join("\n")
    .replace(/\{port(?::(\d+))?\}/g, (_, of) => String(ports[Number(of ?? i)]))
    .replaceAll("{bus}", String(ports[specs.length + i]));
  await mkdir(own);
  await writeFile(join(own, "redis.conf"), `${text}\n`);
}

try {
  await Promise.all(specs.map(write));
  for (const i of specs.keys()) start(i);
  const answer: HostAnswer = { ports: ports.slice(0, specs.length), buses: ports.slice(specs.length) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const { server, order } = JSON.parse(line) as HostOrder;
    if (order === "start") start(server);
    else children.get(server)?.kill(order);
  }
} finally {
  for (const child of children.values()) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
