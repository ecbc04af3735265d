/** No query waits for ever, whoever makes it and however Postgres fails to answer. */
import { sql as fragment } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres, { type Sql } from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundedSql } from "@/db/bounded-sql";
import { createTestDatabase } from "@/tests/support/postgres";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

const limits = { statementMs: 500, transactionMs: 1_000 };
let proxy: TcpProxy;
let client: Sql;
let sql: Sql;

beforeEach(async () => {
  const url = await createTestDatabase();
  proxy = await startTcpProxy(url);
  client = postgres(proxy.through(url), { max: 4 });
  sql = boundedSql(client, limits);
  await sql`select 1`;
});

afterEach(async () => {
  await client.end({ timeout: 0 });
  await proxy.close();
});

const late = { name: "DatabaseDeadlineError" };

const operations: Record<string, () => Promise<unknown>> = {
  "a query": async () => sql`select 1`,
  "a query with a fragment": async () => sql`select 1 ${sql`as one`}`,
  "a query of rows as lists": async () => sql`select 1`.values(),
  "a query of text": async () => sql.unsafe("select 1"),
  "a query of drizzle": async () => drizzle(sql).execute(fragment`select 1`),
  "a transaction": async () => sql.begin((tx) => tx`select 1`),
  "a transaction with a savepoint": async () => sql.begin((tx) => tx.savepoint((sp) => sp`select 1`)),
  "a transaction of drizzle": async () => drizzle(sql).transaction((tx) => tx.execute(fragment`select 1`)),
};

test.each(Object.keys(operations))("%s ends when Postgres does not answer, and works when it does", async (name) => {
  const run = operations[name] as () => Promise<unknown>;
  await expect(run()).resolves.toBeDefined();
  proxy.hang();
  await expect(run()).rejects.toSatisfy(isLate);
});

/** drizzle puts its own error around. */
function isLate(error: Error): boolean {
  return error.name === late.name || (error.cause instanceof Error && isLate(error.cause));
}

test("a statement of a transaction ends by itself, and with it the transaction", async () => {
  const reached: string[] = [];
  const work = sql.begin(async (tx) => {
    reached.push("begun");
    await tx`select pg_sleep(2)`;
    reached.push("slept");
  });
  await expect(work).rejects.toMatchObject(late);
  expect(reached).toEqual(["begun"]);
});

test("results, parameters and errors are those of the client", async () => {
  const [row] = await sql`select ${[1, 2]}::int4[] as list, ${"x"} as text`;
  expect(row).toEqual({ list: [1, 2], text: "x" });
  await expect(sql`select * from nothing`).rejects.toMatchObject({ code: "42P01" });
  await expect(sql.begin((tx) => tx`select 1/0`)).rejects.toMatchObject({ code: "22012" });
  expect(await sql`select 1 as one where ${sql("x")} is null`.catch(({ code }) => code)).toBe("42703");
});
