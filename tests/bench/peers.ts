/** The servers that Rungs is measured beside; each a process of its own. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@/lib/embedded/free-port";
import { type NginxProcess, startDeployedNginx, startNginxProcess } from "@/tests/support/nginx-process";
import type { Contender, ServerOptions } from "./contenders";
import { newFolder } from "./folder";
import { newProbe } from "./probe";
import { endedWithAll, program, start } from "./processes";

/** A program of ./programs that serves. */
export async function startPeer(name: string, { openFiles }: ServerOptions = {}): Promise<Contender> {
  const probe = await newProbe();
  const options = { args: [program(name)], env: { ...process.env, ...probe.env } };
  const server = await start({ ...options, ...(openFiles && { openFiles }) }, /listening at \S+/);
  const url = /listening at (\S+)/.exec(server.output)?.[1] ?? "";
  return { url, pids: [server.pid], probe: () => probe.read(server.pid), stop: server.stop };
}

/** nginx with the micro-cache of deploy/nginx, in front of an instance, whose work counts as its own. */
export async function startCache(instance: Contender): Promise<Contender> {
  const folder = await newFolder();
  const nginx = await startDeployedNginx(folder.path, [Number(new URL(instance.url).port)]);
  return contender(nginx, instance.pids);
}

export interface FileServer extends Contender {
  /** Has it serve these bytes; gives the path. A new one each time, since nginx keeps files open. */
  put(body: Buffer): Promise<string>;
}

/** nginx with files. */
export async function startFileServer(): Promise<FileServer> {
  const folder = await newFolder();
  const port = await freePort();
  await mkdir(join(folder.path, "files"));
  const configuration = `
worker_processes auto;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=16;
  types { application/json json; }
  server { listen 127.0.0.1:${port}; root ${join(folder.path, "files")}; }
}`;
  await writeFile(join(folder.path, "nginx.conf"), configuration);
  const nginx = await startNginxProcess(folder.path, port);
  let files = 0;
  const put = async (body: Buffer) => {
    const path = `/${++files}.json`;
    await writeFile(join(folder.path, "files", path), body);
    return path;
  };
  return { ...contender(nginx), put };
}

/** nginx with the nchan module, where it is installed: `GET /stream` subscribes, `POST /event` publishes. */
export async function startNchan(viewers: number): Promise<Contender> {
  const module = await findNchan();
  const folder = await newFolder();
  const port = await freePort();
  const configuration = `
${module}
worker_processes auto;
worker_rlimit_nofile ${viewers + 1_000};
error_log stderr warn;
events { worker_connections ${viewers + 1_000}; }
http {
  access_log off;
  server {
    listen 127.0.0.1:${port};
    location = /stream { nchan_subscriber eventsource; nchan_channel_id board; nchan_subscriber_first_message newest; }
    location = /event { nchan_publisher; nchan_channel_id board; nchan_message_buffer_length 1; }
  }
}`;
  await writeFile(join(folder.path, "nginx.conf"), configuration);
  return contender(await startNginxProcess(folder.path, port));
}

/** The line that loads it; empty where it is built in. Throws where there is none. */
async function findNchan(): Promise<string> {
  const { stderr } = await promisify(execFile)("nginx", ["-V"]);
  const path = join(/--modules-path=(\S+)/.exec(stderr)?.[1] ?? "", "ngx_nchan_module.so");
  if (existsSync(path)) return `load_module ${path};`;
  if (!/--add-module=\S*nchan/.test(stderr)) throw new Error("nginx has no nchan");
  return "";
}

function contender({ url, pid, stop }: NginxProcess, more: readonly number[] = []): Contender {
  return { url, pids: [pid, ...more], stop: endedWithAll(stop) };
}
