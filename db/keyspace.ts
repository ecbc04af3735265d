import { createHash } from "node:crypto";
import { type Sql, withDeadline } from "./client";

const insufficientPrivilege = "42501";

/**
 * Names what belongs to this database in a shared Redis: the installation's id, and the database's identity within its
 * server. A copy of the database, such as a dump restored for staging, has the same installation id but another
 * identity, so the two keep apart; a promoted replica has the same identity.
 */
export async function readKeyspace(sql: Sql): Promise<string> {
  const [row] = await withDeadline(sql<{ id: string; oid: number }[]>`
    select i.id, d.oid::int8 from installation i, pg_database d where d.datname = current_database()`);
  const identity = `${await systemIdentifier(sql)}:${row?.oid}`;
  return `${row?.id}-${createHash("sha256").update(identity).digest("hex").slice(0, 8)}`;
}

/** Of the Postgres server's data; empty where a managed Postgres keeps it secret. */
async function systemIdentifier(sql: Sql): Promise<string> {
  try {
    const [row] = await withDeadline(
      sql<{ id: string }[]>`select system_identifier::text as id from pg_control_system()`,
    );
    return row?.id ?? "";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === insufficientPrivilege) return "";
    throw error;
  }
}
