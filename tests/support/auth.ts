import { type Database, openDatabase } from "@/db/client";
import { acceptInvitation } from "@/lib/auth/accept-invitation";
import { type ApiKeys, createApiKeys } from "@/lib/auth/api-keys";
import { createFirstOrganizerLink } from "@/lib/auth/first-organizer";
import { createOrganizerAuth, type OrganizerAuth } from "@/lib/auth/organizer-auth";
import type { OrganizerView } from "@/lib/domain/access";
import type { Logger } from "@/lib/logger";
import type { StorageErrors } from "@/lib/storage-errors";
import { tokenOf } from "./join-links";
import { createTestDatabase } from "./postgres";
import { silentLog } from "./silent-log";

export interface AuthServices {
  database: Database;
  env: { publicUrl: string; authSecret: string };
  logger: Logger;
  storageErrors: StorageErrors;
  apiKeys: ApiKeys;
  organizerAuth: OrganizerAuth;
  /** A second instance on the same database. */
  another(): Promise<AuthServices>;
  close(): Promise<void>;
}

export const authSecret = "an-auth-secret-only-for-tests-0123456789";
export const goodPassword = "tall ships leave at dawn";

/** Everything of sign-in and keys on a database of its own. */
export async function startAuth(publicUrl = "http://localhost:3000", url?: string): Promise<AuthServices> {
  const databaseUrl = url ?? (await createTestDatabase());
  const database = openDatabase(databaseUrl);
  const { logger, storageErrors } = silentLog();
  const env = { publicUrl, authSecret };
  const apiKeys = createApiKeys({ database, logger, storageErrors, authSecret });
  return {
    database,
    env,
    logger,
    storageErrors,
    apiKeys,
    organizerAuth: createOrganizerAuth({ database, env, logger, storageErrors }),
    another: () => startAuth(publicUrl, databaseUrl),
    async close() {
      await apiKeys.close();
      await database.close();
    },
  };
}

/** The first organizer, by the link of the first start, with the cookie of the session that opens. */
export async function joinFirst(
  services: AuthServices,
  email = "ada@example.com",
): Promise<{ organizer: OrganizerView; cookie: string }> {
  const token = tokenOf(await createFirstOrganizerLink(services));
  const input = { token, name: "Ada", email, password: goodPassword };
  const { organizer, cookies } = await acceptInvitation(services, input, new Headers());
  return { organizer, cookie: cookieOf(cookies) };
}

/** What a browser sends back of `Set-Cookie` lines. */
export function cookieOf(setCookies: readonly string[]): string {
  return setCookies.map((line) => line.split(";")[0]).join("; ");
}

/** All rows of all tables as text, for looking whether something is in them. */
export async function everythingStored({ database: { sql } }: AuthServices): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
  const rows = await Promise.all(tables.map(({ name }) => sql.unsafe(`select t::text as row from ${name} t`)));
  return JSON.stringify(rows);
}
