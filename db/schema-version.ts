/** Which migrations a database has; and folders of migrations that end at an earlier one. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

export const migrationsFolder = join(process.cwd(), "db", "migrations");

const journal = z.looseObject({
  entries: z.array(z.looseObject({ tag: z.string().regex(/^\w+$/), when: z.int() })).min(1),
});

export type Journal = z.infer<typeof journal>;

export async function readJournal(folder: string): Promise<Journal> {
  return journal.parse(JSON.parse(await readFile(join(folder, "meta", "_journal.json"), "utf8")));
}

/** `none`: no tables of Rungs. `newer`: migrated by a release that has more migrations than this one. */
export type SchemaVersion = { tag: string } | "none" | "newer";

export function schemaAt({ entries }: Journal, lastApplied: number | null): SchemaVersion {
  if (lastApplied === null) return "none";
  const entry = entries.find(({ when }) => when === lastApplied);
  return entry ? { tag: entry.tag } : "newer";
}

/** Whether migration `a` comes before `b`; both are in the journal. */
export function isBefore({ entries }: Journal, a: string, b: string): boolean {
  const place = (tag: string) => entries.findIndex((entry) => entry.tag === tag);
  return place(a) < place(b);
}

/** Hands `work` a folder with the migrations up to `tag`, which is deleted afterwards. */
export async function withMigrationsUpTo<T>(
  from: string,
  tag: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const all = await readJournal(from);
  const entries = all.entries.filter((entry) => !isBefore(all, tag, entry.tag));
  const folder = await mkdtemp(join(tmpdir(), "rungs-migrations-"));
  try {
    await mkdir(join(folder, "meta"));
    await writeFile(join(folder, "meta", "_journal.json"), JSON.stringify({ ...all, entries }));
    for (const { tag: name } of entries) {
      await copyFile(join(from, `${name}.sql`), join(folder, `${name}.sql`));
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
