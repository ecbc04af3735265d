import { getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import * as authSchema from "@/db/auth-schema";
import { keptTables, omittedTables } from "@/db/backup-tables";
import * as appSchema from "@/db/schema";

test("every table is in a backup, or left out of it for a reason", () => {
  const values: unknown[] = [...Object.values(appSchema), ...Object.values(authSchema)];
  const tables = values.filter((value) => is(value, PgTable)).map((table) => getTableName(table as PgTable));
  expect([...keptTables, ...Object.keys(omittedTables)].sort()).toEqual(tables.sort());
});
