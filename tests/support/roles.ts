/** Roles and empty databases on the Postgres of the test run, as an administrator gives them out. */
import { randomBytes } from "node:crypto";
import { inject, onTestFinished } from "vitest";
import { inSession } from "@/lib/embedded/postgres-session";

type Run = (statement: string) => Promise<unknown>;

/** An empty database with a new role, which may only connect, and what an administrator runs there. */
export async function emptyDatabase(
  roleOptions = "",
): Promise<{ url: string; role: string; admin: Run; name: string }> {
  const { templateUrl } = inject("stores");
  const name = `test_${randomBytes(6).toString("hex")}`;
  const role = `role_${randomBytes(4).toString("hex")}`;
  const url = new URL(templateUrl);
  const runIn = (database: string): Run => {
    url.pathname = `/${database}`;
    const { href } = url;
    return (statement) => inSession(href, (sql) => sql.unsafe(statement), 30_000);
  };
  const server = runIn("postgres");
  await server(`create database ${name} template template0`);
  await server(`create role ${role} login password 'only for tests' ${roleOptions}`);
  const admin = runIn(name);
  onTestFinished(async () => {
    await server(`drop database ${name} with (force)`);
    await server(`drop role ${role}`);
  });
  url.username = role;
  url.password = "only for tests";
  return { url: url.href, role, admin, name };
}
