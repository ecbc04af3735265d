/** What an installation has to know of its Postgres before it uses it. */
import postgres from "postgres";
import { withDeadline } from "./client";
import { connectionOptions } from "./connection-options";
import { readDatabaseUrl } from "./database-url";

export interface DatabaseFacts {
  /** The major version. */
  version: number;
  /** A connection pooler lies in between. */
  pooled: boolean;
  /** Why it takes no writes. */
  readOnly: "standby" | "setting" | null;
  user: string;
  database: string;
  /** The first name in the role's own `search_path`, whether or not there is such a schema. */
  searchedFirst: string;
  /** How many connections the role may have; null for any number. */
  connectionLimit: number | null;
  /** Whether Postgres itself ends statements that take too long. */
  hasStatementTimeout: boolean;
}

interface Row {
  pid: number;
  version: number;
  standby: boolean;
  readOnly: boolean;
  user: string;
  database: string;
  searchedFirst: string;
  connectionLimit: number;
  statementTimeout: string;
}

const answerMs = 8_000;

/** Rejects with a DatabaseUrlError, or with what the connection or Postgres failed with. */
export async function inspectDatabase(url: string): Promise<DatabaseFacts> {
  const { pooled } = readDatabaseUrl(url);
  const sql = postgres({ ...connectionOptions(url), max: 1, prepare: false, fetch_types: false });
  try {
    const result = await withDeadline(
      sql<Row[]>`
        select pg_backend_pid() as pid, current_setting('server_version_num')::int as version,
          pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as "readOnly",
          current_user as user, current_database() as database,
          trim(split_part(current_setting('search_path'), ',', 1), ' "') as "searchedFirst",
          coalesce((select rolconnlimit from pg_roles where rolname = current_user), -1) as "connectionLimit",
          current_setting('statement_timeout') as "statementTimeout"`,
      answerMs,
    );
    const [row] = result;
    if (!row) throw new Error("Postgres gave no answer");
    return {
      version: Math.floor(row.version / 10_000),
      // By the protocol a client gets its session's process id, for cancelling. A pooler gives one of its own.
      pooled: pooled || result.state.pid !== row.pid,
      readOnly: row.standby ? "standby" : row.readOnly ? "setting" : null,
      user: row.user,
      database: row.database,
      searchedFirst: row.searchedFirst,
      connectionLimit: row.connectionLimit < 0 ? null : row.connectionLimit,
      hasStatementTimeout: row.statementTimeout !== "0",
    };
  } finally {
    await withDeadline(sql.end({ timeout: 0 }), 500).catch(() => undefined);
  }
}
