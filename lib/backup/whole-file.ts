import { access, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Writable } from "node:stream";

/**
 * Makes a file that only its owner may read, whole and on the disk, or not at all. `write` ends the stream that it is
 * given. Rejects with EEXIST when the file is there.
 */
export async function writeWholeFile<T>(path: string, write: (output: Writable) => Promise<T>): Promise<T> {
  await refuseExisting(path);
  const draft = `${path}.${process.pid}.partial`;
  const file = await open(draft, "wx", 0o600);
  try {
    const append = (piece: Buffer, done: (error?: Error) => void) => file.appendFile(piece).then(() => done(), done);
    const result = await write(new Writable({ write: (piece, _encoding, done) => void append(piece, done) }));
    await file.sync();
    await refuseExisting(path);
    await rename(draft, path);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw Object.assign(new Error(`${path} exists`), { code: "EEXIST", path });
}

/** So that the name survives a power cut, too; not every system can open a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
