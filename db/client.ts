/** The one way to Postgres: a postgres.js pool, and drizzle over it. */
import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from "drizzle-orm/postgres-js";
import type { ExtractTablesWithRelations } from "drizzle-orm/relations";
import postgres from "postgres";
import * as authSchema from "./auth-schema";
import { boundedSql, inTime } from "./bounded-sql";
import { connectionOptions, poolMaxDefault } from "./connection-options";
import { readDatabaseUrl } from "./database-url";
import * as appSchema from "./schema";

const schema = { ...appSchema, ...authSchema };
type Schema = typeof schema;

export type Sql = postgres.Sql<{ bigint: number }>;
export type TransactionSql = postgres.TransactionSql<{ bigint: number }>;
export type Transaction = PostgresJsTransaction<Schema, ExtractTablesWithRelations<Schema>>;
/** What queries take first: the database, or a transaction on it. */
export type Queryable = PostgresJsDatabase<Schema> | Transaction;

export interface Database {
  db: PostgresJsDatabase<Schema>;
  /** For the few set-based statements that drizzle cannot say. */
  sql: Sql;
  /** As `sql`, but a statement may take as long as it does. */
  unbounded: Sql;
  /** How many connections have ended, idle ones included; the next may lead to another server. */
  connectionsLost(): number;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections at most. */
  poolMax?: number;
  /**
   * Statements of one connection may run in different sessions of the server. Nothing is kept in a session then: no
   * prepared statements, which PgBouncer before 1.21 loses, and no settings, which it refuses.
   */
  pooled?: boolean;
}

const statementTimeoutMs = 10_000;
/** Postgres' own limit comes first, so long as it is reached. */
const statementMaxMs = statementTimeoutMs + 2_000;
const transactionMaxMs = 40_000;

export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const { poolMax = poolMaxDefault, pooled = false } = options;
  let lost = 0;
  const client: Sql = postgres({
    ...connectionOptions(url, pooled ? {} : sessionSettings(url)),
    onclose: () => {
      lost++;
    },
    max: poolMax,
    prepare: !pooled,
    idle_timeout: 60,
    // Scores are safe integers by contract, so int8 needs no BigInt.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
  });
  const sql = boundedSql(client, { statementMs: statementMaxMs, transactionMs: transactionMaxMs });
  return {
    db: drizzle(sql, { schema }),
    sql,
    unbounded: client,
    connectionsLost: () => lost,
    close: () => client.end({ timeout: 2 }),
  };
}

function sessionSettings(url: string): Record<string, string | number> {
  const { schema: searched } = readDatabaseUrl(url);
  return { statement_timeout: statementTimeoutMs, ...(searched && { search_path: searched }) };
}

/**
 * Bounds how long a caller waits for an operation on Postgres, which goes on by itself. postgres.js alone is not enough: a
 * server that closes connections while starting up leaves a query hanging past `connect_timeout` (porsager/postgres#1214).
 */
export async function withDeadline<T>(operation: PromiseLike<T>, ms = 5_000): Promise<T> {
  return inTime(operation, ms);
}
