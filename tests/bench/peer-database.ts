/** A database for peers on the server's own Postgres, with the project's own tables: the same disk, the same settings. */
import { join } from "node:path";
import postgres from "postgres";
import { openDatabase } from "@/db/client";
import { migrateDatabase } from "@/db/migrate";

/** Returns its URL. */
export async function createPeerDatabase(databaseUrl: string, name: string): Promise<string> {
  const admin = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name}`).finally(() => admin.end());
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href);
  await migrateDatabase(database, join("db", "migrations")).finally(() => database.close());
  return url.href;
}
