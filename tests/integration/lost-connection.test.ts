/** What a connection to Postgres that is lost at a bad moment costs: the query, never the process. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "@/db/client";
import { createTestDatabase } from "@/tests/support/postgres";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let proxy: TcpProxy;
let database: Database;

beforeAll(async () => {
  const url = await createTestDatabase();
  proxy = await startTcpProxy(url);
  database = openDatabase(proxy.through(url));
});

afterAll(async () => {
  await database.close();
  await proxy.close();
});

test("a transaction that loses its connection between two statements is refused, and the pool goes on", async () => {
  for (let i = 0; i < 20; i++) {
    const transaction = database.sql.begin(async (tx) => {
      await tx`select 1`;
      proxy.cut();
      await new Promise((resolve) => setImmediate(resolve));
      await tx`select 2`;
    });
    await expect(transaction).rejects.toMatchObject({ code: expect.stringMatching(/CONNECTION_CLOSED|ECONNRESET/) });
  }
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => database.sql`select ${i}::int as i`));
  expect(answers.map(([row]) => row?.i)).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test("after a reply that broke off between rows, the next has its rows and no others", async () => {
  for (let i = 0; i < 10; i++) {
    // Half of the rows arrive before the connection is reset.
    proxy.tamper((chunk, way, connection) => {
      if (way === "to-server" || chunk.length < 2_000) return connection.send(way, chunk);
      connection.send(way, chunk.subarray(0, chunk.length / 2));
      connection.reset();
    });
    await expect(database.sql`select i, repeat('x', 100) from generate_series(1, 200) i`).rejects.toThrow();
    await proxy.pass();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => database.sql`select i from generate_series(1, 3) i`),
    );
    for (const rows of answers) expect([...rows]).toEqual([{ i: 1 }, { i: 2 }, { i: 3 }]);
  }
});
