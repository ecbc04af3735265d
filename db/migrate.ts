import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { type Database, withDeadline } from "./client";
import { installation } from "./schema";

/** Any fixed number: instances that start together migrate one after the other. */
const migrationLock = 7_287_461;
/** An index over many millions of rows takes its time. */
const migrationTimeoutMs = 600_000;

/** Brings the tables up to date and names the installation. Gives the installation's id. */
export async function migrateDatabase({ unbounded: db }: Database, migrationsFolder: string): Promise<string> {
  const migrated = db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${migrationLock})`);
    await migrate(db, { migrationsFolder });
    await tx
      .insert(installation)
      .values({ id: randomBytes(5).toString("hex") })
      .onConflictDoNothing();
    const [row] = await tx.select().from(installation);
    return row?.id ?? "";
  });
  return withDeadline(migrated, migrationTimeoutMs);
}
