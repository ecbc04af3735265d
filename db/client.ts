/** The one way to Postgres: a postgres.js pool, and drizzle over it. */
import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from "drizzle-orm/postgres-js";
import type { ExtractTablesWithRelations } from "drizzle-orm/relations";
import postgres from "postgres";
import * as authSchema from "./auth-schema";
import { boundedSql, inTime } from "./bounded-sql";
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
  /** As `db`, but a statement may take as long as it does. */
  unbounded: PostgresJsDatabase<Schema>;
  /** How many connections have ended, idle ones included; the next may lead to another server. */
  connectionsLost(): number;
  close(): Promise<void>;
}

const poolMax = 20;
const connectTimeoutS = 5;
const statementTimeoutMs = 10_000;
/** Postgres' own limit comes first, so long as it is reached. */
const statementMaxMs = statementTimeoutMs + 2_000;
const transactionMaxMs = 40_000;

export function openDatabase(url: string): Database {
  let lost = 0;
  const client: Sql = postgres(url, {
    onclose: () => {
      lost++;
    },
    max: poolMax,
    connect_timeout: connectTimeoutS,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: { application_name: "rungs", statement_timeout: statementTimeoutMs },
    // Scores are safe integers by contract, so int8 needs no BigInt.
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
  });
  const sql = boundedSql(client, { statementMs: statementMaxMs, transactionMs: transactionMaxMs });
  return {
    db: drizzle(sql, { schema }),
    sql,
    unbounded: drizzle(client, { schema }),
    connectionsLost: () => lost,
    close: () => client.end({ timeout: 2 }),
  };
}

/**
 * Bounds how long a caller waits for an operation on Postgres, which goes on by itself. postgres.js alone is not enough: a
 * server that closes connections while starting up leaves a query hanging past `connect_timeout` (porsager/postgres#1214).
 */
export async function withDeadline<T>(operation: PromiseLike<T>, ms = 5_000): Promise<T> {
  return inTime(operation, ms);
}
