/** A Postgres of another major version than the embedded one, where the machine has one installed. */
import { execFile } from "node:child_process";
import { chown, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { endChild, spawnChild } from "@/lib/embedded/child";
import { poll } from "@/lib/embedded/deadline";
import { freePort } from "@/lib/embedded/free-port";
import { inSession } from "@/lib/embedded/postgres-session";
import { findRunAs } from "@/lib/embedded/run-as";
import { newFolder } from "./temp-folder";

/** Where Debian and its kin keep them. */
const versionsFolder = "/usr/lib/postgresql";
export const embeddedMajor = 18;

/** The folder of the programs of some version from 15 on; undefined where there is none. */
export async function findOtherPostgres(): Promise<string | undefined> {
  const majors = (await readdir(versionsFolder).catch(() => [])).map(Number);
  const other = majors.find((major) => major >= 15 && major !== embeddedMajor);
  return other === undefined ? undefined : join(versionsFolder, String(other), "bin");
}

/** Gives the URL of an empty database on a server of its own. */
export async function startOtherPostgres(programs: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await newFolder();
  const cluster = join(folder, "cluster");
  await mkdir(cluster, { mode: 0o700 });
  const as = await findRunAs(join(programs, "initdb"), folder);
  if (as.user) await chown(cluster, as.user.uid, as.user.gid);
  const [initdb = "", ...args] = [...as.prefix, join(programs, "initdb"), "-D", cluster];
  await promisify(execFile)(initdb, [...args, "-U", "rungs", "-A", "trust", "-E", "UTF8", "--locale=C"], {
    ...as.spawn,
    cwd: "/",
  });
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
  const flags = settings.flatMap((setting) => ["-c", setting]);
  const logFile = join(folder, "log");
  const server = spawnChild(join(programs, "postgres"), ["-D", cluster, ...flags], { logFile, as });
  const url = `postgres://rungs@127.0.0.1:${port}/postgres`;
  const ready = await poll(() => inSession(url, (sql) => sql`select 1`).catch(() => undefined), 20_000);
  if (!ready) throw new Error(`The Postgres of ${programs} does not start.`);
  return { url, stop: () => endChild(server, [{ signal: "SIGINT", ms: 5_000 }]) };
}
