/** A PgBouncer in transaction mode with its default settings, in front of a Postgres on this machine. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "@/lib/embedded/free-port";
import { isRoot, unprivilegedUser } from "@/lib/embedded/run-as";

export interface PgBouncer {
  port: number;
  /** The URL of a database behind it, or of the same database under another of its names. */
  through(url: string, name?: string): string;
  /** Ends it; the folder stays. */
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  /** A folder of its own, which other users may enter. */
  folder: string;
  /** Of any database of the server, as the user that all connections get. */
  url: string;
  /** Further names, each with a pool of its own, of the database of the URL. */
  names?: readonly string[];
  /** Lines of its section [pgbouncer]. */
  settings?: readonly string[];
}

const readyMs = 10_000;

export async function startPgBouncer({ folder, url, names = [], settings = [] }: PgBouncerOptions): Promise<PgBouncer> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(url);
  const server = `host=${hostname} port=${serverPort} user=${username} password=${decodeURIComponent(password)}`;
  const port = await freePort();
  const lines = [
    "[databases]",
    ...names.map((name) => `${name} = ${server} dbname=${pathname.slice(1)}`),
    `* = ${server}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "pool_mode = transaction",
    "auth_type = any",
    ...settings,
  ];
  const file = join(folder, "pgbouncer.ini");
  await writeFile(file, `${lines.join("\n")}\n`);
  await chmod(file, 0o644);
  // It does not run as root.
  const user = isRoot() ? await unprivilegedUser() : undefined;
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  const child = spawn("pgbouncer", [file], { stdio: ["ignore", "ignore", "pipe"], cwd: folder, ...as });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaints = `${complaints}${text}`.slice(-4_000);
  });
  // Rejects when it cannot be started at all; then no exit follows.
  const ended = once(child, "exit").catch((error) => {
    complaints += error;
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const deadline = Date.now() + readyMs;
  while (!(await answers(port))) {
    if (child.pid === undefined || child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`PgBouncer did not start: ${complaints}`);
    }
    await setTimeout(50);
  }
  return {
    port,
    through(target, name) {
      const changed = new URL(target);
      changed.port = String(port);
      if (name) changed.pathname = `/${name}`;
      return changed.href;
    },
    stop,
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
