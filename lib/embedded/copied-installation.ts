import { randomBytes } from "node:crypto";
import { readFileOf, writeFileOf } from "./data-folder";
import { type FolderIdentity, identifyFolder } from "./folder-identity";
import { inSession } from "./postgres-session";

const record = "folder.json";

/**
 * Gives the embedded database of a copied data folder an installation id of its own, so that copy and original do not
 * share keys in a Redis. The folder's inode tells: a folder that was only moved keeps it. Where that is wrong, as on a disk
 * restored file by file, rank indexes are built once more.
 */
export async function separateCopy(dataDir: string, databaseUrl: string): Promise<void> {
  const here = await identifyFolder(dataDir);
  const recorded = await readFileOf<FolderIdentity>(dataDir, record);
  if (recorded?.inode === here.inode) return;
  if (recorded) await inSession(databaseUrl, renewId);
  await writeFileOf(dataDir, record, here);
}

async function renewId(sql: Parameters<Parameters<typeof inSession>[1]>[0]): Promise<void> {
  const [table] = await sql`select to_regclass('installation') is not null as found`;
  if (table?.found) await sql`update installation set id = ${randomBytes(5).toString("hex")}`;
}
