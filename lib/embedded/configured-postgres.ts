import { readDatabaseUrl } from "@/db/database-url";
import { type DatabaseFacts, inspectDatabase } from "@/db/inspect";
import { databaseProblem } from "@/lib/database-problem";
import { StartError } from "./start-error";

const versionMin = 15;

/** Refuses a `DATABASE_URL` that cannot be used, saying why and what to do. */
export async function checkDatabase(url: string): Promise<DatabaseFacts> {
  const facts = await inspectDatabase(url).catch((error: Error) => {
    const problem = databaseProblem(error, url) ?? `it cannot be used (${error.message})`;
    throw new StartError(`DATABASE_URL: ${problem}. ${wayOut}`, { cause: error });
  });
  const fault = faultOf(facts, url);
  if (fault) throw new StartError(`DATABASE_URL: ${fault}. ${wayOut}`);
  return facts;
}

const wayOut = "Correct it, or leave it out to use the embedded Postgres.";

function faultOf({ version, readOnly, pooled, user, database, searchedFirst }: DatabaseFacts, url: string) {
  if (version < versionMin) return `that is Postgres ${version}, Rungs needs ${versionMin} or later`;
  if (readOnly === "standby") return "that Postgres is a standby, which takes no writes: use the primary";
  if (readOnly) return "that Postgres takes no writes, since default_transaction_read_only is on for it";
  const { schema } = readDatabaseUrl(url);
  if (!pooled || !schema || searchedFirst === schema) return null;
  return `through a connection pooler the schema is a setting of the role: alter role "${user}" in database "${database}" set search_path = ${schema}`;
}
