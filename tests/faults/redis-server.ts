/** A Redis of the runner's own on a fixed port, to be killed, emptied, and brought back with what it once held. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { poll } from "@/lib/embedded/deadline";
import { freePort } from "@/lib/embedded/free-port";

export interface RedisServer {
  url: string;
  command(...args: string[]): Promise<unknown>;
  /** Writes down what it holds now, for `start("old")`. */
  save(): Promise<void>;
  kill(): Promise<void>;
  /** Empty, or with what was saved. */
  start(holding: "nothing" | "old"): Promise<void>;
  stop(): Promise<void>;
}

const program = "redis-server";
const readyMs = 10_000;

export async function startRedisServer(folder: string): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const dump = join(folder, "dump.rdb");
  const saved = join(folder, "saved.rdb");
  let child: ChildProcess | undefined;

  async function command(...args: string[]): Promise<unknown> {
    const client = createClient({ url, socket: { reconnectStrategy: false } }).on("error", () => undefined);
    try {
      await client.connect();
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  const start: RedisServer["start"] = async (holding) => {
    await rm(dump, { force: true });
    if (holding === "old") await copyFile(saved, dump);
    const options = [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--save",
      "",
      "--appendonly",
      "no",
    ];
    child = spawn(program, options, { stdio: "ignore", detached: true });
    const ready = await poll(() => command("PING").catch(() => undefined), readyMs);
    if (ready !== "PONG") throw new Error("Redis does not start");
  };

  const kill = () =>
    new Promise<void>((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once("exit", () => resolve());
      child.kill("SIGKILL");
    });

  await start("nothing");
  process.once("exit", () => child?.kill("SIGKILL"));
  return {
    url,
    command,
    async save() {
      await command("SAVE");
      await copyFile(dump, saved);
    },
    kill,
    start,
    stop: kill,
  };
}
