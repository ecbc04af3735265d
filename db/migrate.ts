import { randomBytes } from "node:crypto";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { type Database, type TransactionSql, withDeadline } from "./client";

/** Any fixed number: instances that start together migrate one after the other. */
const migrationLock = 7_287_461;
/** An index over many millions of rows takes its time. */
const migrationTimeoutMs = 600_000;

/**
 * Brings the tables up to date and names the installation, in one transaction: all of it or nothing, through a
 * connection pooler as well. Needs the right to create in the schema, and that only while something is to be created.
 * @param schema made if it is missing; undefined: the first one of the role's `search_path`, which must be there
 */
export async function migrateDatabase({ unbounded: sql }: Database, folder: string, schema?: string): Promise<void> {
  const migrated = sql.begin(async (tx) => {
    await tx`
      select set_config(name, '0', true) from pg_settings
      where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;
    await tx`select pg_advisory_xact_lock(${migrationLock})`;
    if (schema) await enterSchema(tx, schema);
    const applied = await readJournal(tx);
    for (const migration of readMigrationFiles({ migrationsFolder: folder })) {
      if (migration.folderMillis <= applied) continue;
      for (const statement of migration.sql) await tx.unsafe(statement);
      await tx`insert into rungs_migrations (hash, created_at) values (${migration.hash}, ${migration.folderMillis})`;
    }
    const [installed] = await tx`select from installation`;
    if (!installed) await tx`insert into installation (id) values (${randomBytes(5).toString("hex")})`;
  });
  await withDeadline(migrated, migrationTimeoutMs);
}

async function enterSchema(tx: TransactionSql, schema: string): Promise<void> {
  const [found] = await tx`select from pg_namespace where nspname = ${schema}`;
  if (!found) await tx`create schema ${tx(schema)}`;
  await tx`select set_config('search_path', ${schema}, true)`;
}

/** When the last migration that was applied was made; -1 for none. */
async function readJournal(tx: TransactionSql): Promise<number> {
  const [found] = await tx<{ journal: string | null; boards: string | null }[]>`
    select to_regclass(quote_ident(current_schema()) || '.rungs_migrations') as journal,
      to_regclass(quote_ident(current_schema()) || '.boards') as boards`;
  if (!found?.journal) {
    await tx`create table rungs_migrations (hash text not null, created_at bigint primary key)`;
    // Tables from before this journal have theirs in a schema of its own.
    if (found?.boards) await tx`insert into rungs_migrations select hash, created_at from drizzle.__drizzle_migrations`;
  }
  const [last] = await tx<{ at: number | null }[]>`select max(created_at) as at from rungs_migrations`;
  return last?.at ?? -1;
}
