/** What backup and restore ask of a database as a whole. */
import { type KeptTable, keptTables } from "@/db/backup-tables";
import type { Sql, TransactionSql } from "@/db/client";
import type { TableColumns } from "@/db/copy";
import { seqSumModulus } from "@/lib/domain/board-log";

/** For the rest of the transaction: no time limits, and one notation of dates, whatever role and server are set to. */
export async function prepareForCopy(tx: TransactionSql): Promise<void> {
  const limits = ["statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout", "lock_timeout"];
  // Older servers lack some of them.
  await tx`select set_config(name, '0', true) from pg_settings where name = any(${limits}::text[])`;
  await tx`select set_config('datestyle', 'ISO, YMD', true), set_config('timezone', 'UTC', true)`;
}

/** Whether Rungs has its tables there. */
export async function isInstalled(sqlClient: Sql): Promise<boolean> {
  const [row] = await sqlClient<{ found: boolean }[]>`select to_regclass('installation') is not null as found`;
  return row?.found ?? false;
}

/** Whether an instance has a lease that has not expired; of releases without leases nothing is known. */
export async function isInUse(tx: TransactionSql): Promise<boolean> {
  const [table] = await tx<{ found: boolean }[]>`select to_regclass('instance_leases') is not null as found`;
  if (!table?.found) return false;
  const rows = await tx`select 1 from instance_leases where expires_at > clock_timestamp() limit 1`;
  return rows.length > 0;
}

/** When the last applied migration was made, in milliseconds since 1970; null where Rungs has no tables. */
export async function lastMigration(tx: TransactionSql): Promise<number | null> {
  const [found] = await tx<{ boards: string | null; journal: string | null; earlier: string | null }[]>`
    select to_regclass('boards') as boards, to_regclass('rungs_migrations') as journal,
      to_regclass('drizzle.__drizzle_migrations') as earlier`;
  const journal = found?.journal ?? found?.earlier;
  if (!found?.boards || !journal) return null;
  const [row] = await tx<{ last: string }[]>`select max(created_at)::text as last from ${tx.unsafe(journal)}`;
  return row?.last ? Number(row.last) : null;
}

export interface StoredTable extends TableColumns {
  name: KeptTable;
}

/** Those tables that a backup holds and this database has, in a restore's order, with all their columns. */
export async function readTables(tx: TransactionSql): Promise<StoredTable[]> {
  const rows = await tx<StoredTable[]>`
    select kept.name, array_agg(attname::text order by attnum) as columns
    from unnest(${[...keptTables]}::text[]) as kept (name)
    join pg_attribute on attrelid = to_regclass(kept.name) and attnum > 0 and not attisdropped
    group by kept.name`;
  return [...rows].sort((a, b) => keptTables.indexOf(a.name) - keptTables.indexOf(b.name));
}

/** Keeps everybody else from the tables until the transaction ends. */
export async function lockTables(tx: TransactionSql, tables: readonly StoredTable[]): Promise<void> {
  await tx`lock table ${tx(tables.map(({ name }) => name))} in access exclusive mode`;
}

/** The names of those that have rows. */
export async function filledTables(tx: TransactionSql, tables: readonly StoredTable[]): Promise<string[]> {
  const filled: string[] = [];
  for (const { name } of tables) {
    const [row] = await tx`select 1 from ${tx(name)} limit 1`;
    if (row) filled.push(name);
  }
  return filled;
}

export async function serverFacts(tx: TransactionSql): Promise<{ postgres: number; installation: string }> {
  const [row] = await tx<{ postgres: number; installation: string }[]>`
    select current_setting('server_version_num')::int4 as postgres,
      coalesce((select id from installation), '') as installation`;
  return { postgres: row?.postgres ?? 0, installation: row?.installation ?? "" };
}

/**
 * Ids of new inbox items go on from the present time in milliseconds: past those that the installation of the backup has
 * given since, which a page that is still open may yet acknowledge.
 */
export async function moveInboxIds(tx: TransactionSql): Promise<void> {
  await tx`
    select setval(pg_get_serial_sequence('inbox_items', 'id'),
      greatest((select max(id) from inbox_items), floor(extract(epoch from clock_timestamp()) * 1000)::int8))`;
}

/**
 * Compares boards with their standings: number of players, sum of event numbers, newest change. Corrects the boards where
 * they differ and gives their ids; none, unless somebody has changed tables by hand.
 */
export async function correctBoards(tx: TransactionSql): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    update boards b set players = c.players, seq_sum = c.seq_sum, last_change = greatest(b.last_change, c.last_change)
    from (
      select uid, count(s.seq)::int4 as players, coalesce(sum(s.seq) % ${seqSumModulus}, 0)::int8 as seq_sum,
        coalesce(max(s.seq), 0) as last_change
      from boards left join standings s on s.board_uid = uid group by uid
    ) c
    where c.uid = b.uid
      and (b.players <> c.players or b.seq_sum <> c.seq_sum or b.last_change < c.last_change)
    returning b.id`;
  return rows.map(({ id }) => id);
}
