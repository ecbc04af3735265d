/** nginx in a folder of its own: with any configuration, or as deploy/nginx sets it up in front of instances on this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "@/lib/embedded/free-port";

export interface NginxProcess {
  pid: number;
  port: number;
  url: string;
  /** Ends it; the folder stays. */
  stop(): Promise<void>;
}

const readyMs = 10_000;

/** deploy/nginx, with the port, the folder and the instances of this machine. */
export async function startDeployedNginx(folder: string, instances: readonly number[]): Promise<NginxProcess> {
  const port = await freePort();
  await cp("deploy/nginx", folder, { recursive: true });
  await mkdir(join(folder, "cache"));
  const rungs = await readFile(join(folder, "rungs.conf"), "utf8");
  const here = rungs
    .replace("listen 80;", `listen 127.0.0.1:${port};`)
    .replace("/var/cache/nginx", join(folder, "cache"));
  await writeFile(join(folder, "rungs.conf"), here);
  const servers = instances.map((instance) => `server 127.0.0.1:${instance} max_fails=1 fail_timeout=5s;\n`);
  await writeFile(join(folder, "instances.conf"), servers.join(""));
  return startNginxProcess(folder, port);
}

/** nginx on the folder's nginx.conf, which has an `http {` block that listens on the port. */
export async function startNginxProcess(folder: string, port: number): Promise<NginxProcess> {
  const globals = [
    "daemon off;",
    `pid ${join(folder, "nginx.pid")};`,
    ...(process.getuid?.() === 0 ? ["user root;"] : []),
  ].join(" ");
  const main = await readFile(join(folder, "nginx.conf"), "utf8");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${join(folder, `${name}.tmp`)};`)
    .join(" ");
  await writeFile(join(folder, "nginx.conf"), main.replace("http {", `http {\n    ${temporary}`));
  const args = ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf"), "-g", globals];
  const child = spawn("nginx", args, { stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaints += text;
  });
  // Rejects when nginx cannot be started at all; then no exit follows.
  const ended = once(child, "exit").catch((error) => {
    complaints += error;
  });
  const stop = () => end(child, ended);
  const deadline = Date.now() + readyMs;
  while (!(await answers(port))) {
    if (child.pid === undefined || child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`nginx did not start: ${complaints}`);
    }
    await setTimeout(50);
  }
  return { pid: child.pid ?? 0, port, url: `http://127.0.0.1:${port}`, stop };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill("SIGQUIT");
  const timer = globalThis.setTimeout(() => child.kill("SIGTERM"), 500);
  await ended;
  clearTimeout(timer);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
