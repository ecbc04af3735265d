import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { inSession } from "@/lib/embedded/postgres-session";

/** A migrated database of its own, with an installation id of its own; gives its URL. */
export async function createTestDatabase(): Promise<string> {
  const { templateUrl } = inject("stores");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const template = new URL(templateUrl).pathname.slice(1);
  await inSession(urlOf("postgres"), (sql) => sql.unsafe(`create database ${name} template ${template}`), 30_000);
  const url = urlOf(name);
  // The id names the keys in the Redis that all test files share.
  await inSession(url, (sql) => sql`update installation set id = ${randomBytes(5).toString("hex")}`);
  return url;
}

/** A database without tables; gives its URL. */
export async function createEmptyDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await inSession(urlOf("postgres"), (sql) => sql.unsafe(`create database ${name}`), 30_000);
  return urlOf(name);
}

function urlOf(database: string): string {
  const url = new URL(inject("stores").templateUrl);
  url.pathname = `/${database}`;
  return url.href;
}
