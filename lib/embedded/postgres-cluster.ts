/** Makes the folder of an embedded Postgres at the first start, whole or not at all. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { storeEnvironment } from "@/lib/env";
import type { PostgresBinaries } from "./postgres-binaries";
import { user } from "./postgres-session";
import { findRunAs, type RunAs } from "./run-as";
import { StartError } from "./start-error";

const run = promisify(execFile);

interface ClusterOptions {
  binaries: PostgresBinaries;
  dataDir: string;
  /** The folder to make inside `dataDir`. */
  cluster: string;
  password: string;
}

/** Returns how to run the server on it. */
export async function createCluster(options: ClusterOptions): Promise<RunAs> {
  const { binaries, cluster } = options;
  const version = await readFile(join(cluster, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version === undefined) return initialise(options);
  const as = await findRunAs(binaries.postgres, cluster);
  const { stdout } = await run(binaries.postgres, ["--version"]);
  const major = /\d+/.exec(stdout)?.[0];
  if (version.trim() !== major) {
    throw new StartError(
      `${cluster} was made by Postgres ${version.trim()}, but this Rungs embeds ${major}: restore a backup into a new DATA_DIR, made by \`rungs backup\` of the release that embeds ${version.trim()}.`,
    );
  }
  return as;
}

async function initialise({ binaries, dataDir, cluster, password }: ClusterOptions): Promise<RunAs> {
  const draft = `${cluster}.new`;
  const passwordFile = join(dataDir, `.password-${randomUUID()}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    // Probed in the data folder: the draft belongs to us until the user is known.
    const as = await findRunAs(binaries.initdb, dataDir);
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (as.user) for (const path of [draft, passwordFile]) await chown(path, as.user.uid, as.user.gid);
    const [command = binaries.initdb, ...args] = [...as.prefix, binaries.initdb, ...initdbArgs(draft, passwordFile)];
    await run(command, args, { ...as.spawn, env: storeEnvironment(), cwd: "/" });
    await rename(draft, cluster);
    return as;
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new StartError(`The embedded Postgres cannot set up ${cluster}: ${reason.split("\n").at(-1)}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

function initdbArgs(folder: string, passwordFile: string): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Sorts by code point everywhere, whatever the machine's locales are.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
}
