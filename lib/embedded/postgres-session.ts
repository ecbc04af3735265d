/** Short conversations with an embedded Postgres: is it there, is it ours, has it our database. */
import postgres from "postgres";
import { connectionOptions } from "@/db/connection-options";
import { withDeadline } from "./deadline";

/** Owner of the cluster, and the database that Rungs lives in. */
export const user = "rungs";
const database = "rungs";

export function postgresUrl(port: number, password: string): string {
  return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

const answerMs = 3000;

/** One session, closed afterwards; a server that goes away in the middle cannot hold it up. */
export async function inSession<T>(url: string, use: (sql: postgres.Sql) => Promise<T>, ms = answerMs): Promise<T> {
  const options = connectionOptions(url, { application_name: "rungs session" });
  const sql = postgres({ ...options, max: 1, connect_timeout: ms / 1000, fetch_types: false });
  try {
    return await withDeadline(use(sql), ms, `no answer within ${ms / 1000} s`);
  } finally {
    await withDeadline(sql.end({ timeout: 0 }), 500, "").catch(() => undefined);
  }
}

export function inMaintenanceSession<T>(
  port: number,
  password: string,
  use: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const url = new URL(postgresUrl(port, password));
  url.pathname = "/postgres";
  return inSession(url.href, use);
}

/** `refused`: somebody answers, but not to our password. `silent`: nobody answers. */
export type Answer = "ready" | "recovering" | "refused" | "silent";

export async function answerOf(port: number, password: string): Promise<Answer> {
  try {
    await inMaintenanceSession(port, password, (sql) => sql`select 1`);
    return "ready";
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "57P03") return "recovering";
    return code === "28P01" || code === "28000" ? "refused" : "silent";
  }
}

export async function ensureDatabase(port: number, password: string): Promise<void> {
  await inMaintenanceSession(port, password, async (sql) => {
    const found = await sql`select 1 from pg_database where datname = ${database}`;
    if (found.length === 0) await sql.unsafe(`create database ${database}`);
  });
}
