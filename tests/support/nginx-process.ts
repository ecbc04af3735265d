/** nginx in a folder of its own: with any configuration, or as deploy/nginx sets it up in front of instances on this machine. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "@/lib/embedded/free-port";

export interface NginxProcess {
  pid: number;
  port: number;
  url: string;
  /** Ends it; the folder stays. */
  stop(): Promise<void>;
}

const readyMs = 10_000;

/** deploy/nginx on a port of this machine, without TLS and without limits, in front of its instances. */
export async function startDeployedNginx(folder: string, instances: readonly number[]): Promise<NginxProcess> {
  const port = await freePort();
  await copyDeployed(folder, instances);
  await writeFile(join(folder, "servers.conf"), `server { listen 127.0.0.1:${port}; include locations.conf; }\n`);
  await writeFile(join(folder, "unlimited.conf"), "127.0.0.1 1;\n");
  return startNginxProcess(folder, port);
}

/** What one address may have at once; low enough to find out what comes then without opening thousands. */
export interface NginxLimits {
  streamBurst: number;
  requests: number;
}

/**
 * deploy/nginx with its own servers, TLS and limits, of which two are given, and without its memory of instances that
 * failed; `port` is the one of https.
 */
export async function startDeployedTlsNginx(
  folder: string,
  instances: readonly number[],
  limits: NginxLimits,
): Promise<NginxProcess & { plainPort: number }> {
  const [plainPort, port] = [await freePort(), await freePort()];
  await copyDeployed(folder, instances);
  // A worker would not try instances for 5 s after a test in which they failed.
  const upstreams = await readFile(join(folder, "instances.conf"), "utf8");
  await writeFile(join(folder, "instances.conf"), upstreams.replaceAll("max_fails=3", "max_fails=0"));
  const locations = await readFile(join(folder, "locations.conf"), "utf8");
  const limited = locations
    .replace("zone=rungs_opened burst=2000", `zone=rungs_opened burst=${limits.streamBurst}`)
    .replace("limit_conn rungs_requests 4000", `limit_conn rungs_requests ${limits.requests}`);
  await writeFile(join(folder, "locations.conf"), limited);
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", join(folder, "privkey.pem"), "-out", join(folder, "fullchain.pem")];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await promisify(execFile)("openssl", ["req", "-x509", ...key, ...subject, ...files]);
  const servers = (await readFile(join(folder, "servers.conf"), "utf8"))
    .replaceAll(/^.*listen \[::\].*$/gm, "")
    .replaceAll("listen 80", `listen 127.0.0.1:${plainPort}`)
    .replaceAll("listen 443", `listen 127.0.0.1:${port}`)
    .replaceAll("/etc/nginx/tls", folder);
  await writeFile(join(folder, "servers.conf"), servers);
  return { ...(await startNginxProcess(folder, port)), plainPort };
}

async function copyDeployed(folder: string, instances: readonly number[]): Promise<void> {
  await cp("deploy/nginx", folder, { recursive: true });
  await mkdir(join(folder, "cache"));
  const rungs = await readFile(join(folder, "rungs.conf"), "utf8");
  await writeFile(join(folder, "rungs.conf"), rungs.replace("/var/cache/nginx", join(folder, "cache")));
  const deployed = await readFile(join(folder, "instances.conf"), "utf8");
  const [, options = ""] = /^server \S+ (.*);$/m.exec(deployed) ?? [];
  const servers = instances.map((instance) => `server 127.0.0.1:${instance} ${options};\n`);
  await writeFile(join(folder, "instances.conf"), servers.join(""));
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
