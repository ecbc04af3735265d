import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { connectionOptions } from "@/db/connection-options";
import { readDatabaseUrl } from "@/db/database-url";
import { readEnv } from "@/lib/env";

const me = userInfo().username;

/** As psql reads them; examples of https://www.postgresql.org/docs/18/libpq-connect.html and of users. */
test.each([
  ["postgresql://", "localhost:5432", me, "", me],
  ["postgres://u:p@h/db", "h:5432", "u", "p", "db"],
  ["postgresql://other@h:5433/db?connect_timeout=10&application_name=x", "h:5433", "other", "", "db"],
  ["postgres://u:p@/db?host=/run/postgresql", "/run/postgresql:5432", "u", "p", "db"],
  ["postgres://u:p@%2Frun%2Fpostgresql:5433/db", "/run/postgresql:5433", "u", "p", "db"],
  ["postgresql:///db?host=h&port=5433&user=u&password=p", "h:5433", "u", "p", "db"],
  ["postgresql:///?dbname=db&user=u&host=/tmp", "/tmp:5432", "u", "", "db"],
  ["postgres://u:p@[2001:db8::1]:5433/db", "2001:db8::1:5433", "u", "p", "db"],
  ["postgres://u:p@a:1,b:2/db", "a:1 b:2", "u", "p", "db"],
  ["postgres://u:p@a,b/db?port=1,2", "a:1 b:2", "u", "p", "db"],
  ["postgres://u%40v:p%40ss%3Aw%2Frd%3F%23%25@h/d%20b", "h:5432", "u@v", "p@ss:w/rd?#%", "d b"],
  ["postgres://u:p:q#r@h/db", "h:5432", "u", "p:q#r", "db"],
])("%s", (url, hosts, user, password, database) => {
  const read = readDatabaseUrl(url);
  expect(read.hosts.map(({ host, port }) => `${host}:${port}`).join(" ")).toBe(hosts);
  expect(read).toMatchObject({ user, password, database });
});

test.each([
  ["mysql://u@h/db", /^must be a URL such as postgres:\/\//],
  ["localhost:5432", /^must be a URL such as postgres:\/\//],
  ["postgres://u:100%@h/db", /^the password has a percent sign that begins no code: percent-encode it, as %25$/],
  ["postgres://u:p@h:port/db", /^must be a URL such as postgres:\/\//],
  ["postgres://u:p@h:65536/db", /^has a port/],
  ["postgres://u:p@a,b/db?port=1,2,3", /^has not as many ports as hosts$/],
  ["postgres://u:p@/db?host=/tmp,/run", /^a Unix socket cannot be one of several hosts$/],
  [
    "postgres://u:p@h/db?sslmode=on",
    /^sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full$/,
  ],
  ["postgres://u:p@h/db?sslmode=verify-ca&sslrootcert=/none.pem", /^the file \/none.pem of sslrootcert .*ENOENT/],
  [
    "postgres://u:p@h/db?target_session_attrs=standby",
    /^target_session_attrs must be one of any, read-write, primary$/,
  ],
  ["postgres://u:p@h/db?channel_binding=require", /^channel_binding=require is not supported/],
  ["postgres://u:p@h/db?connection_limit=5", /^the parameter "connection_limit" .*set DATABASE_POOL_MAX/],
  ["postgres://u:p@h/db?statement_timeout=5", /^the parameter "statement_timeout" is not supported \(known are host,/],
  ["postgres://u:p@h/db?schema=a-b", /^schema must be a name of lower-case/],
  ["postgres://u:p@h/db?connect_timeout=0", /^connect_timeout must be a whole number/],
])("%s is refused without repeating it", (url, words) => {
  expect(() => readDatabaseUrl(url)).toThrow(words);
  expect(() => readEnv({ NODE_ENV: "test", DATABASE_URL: url })).toThrow(/^DATABASE_URL: /);
  expect(() => readDatabaseUrl(url)).not.toThrow("u:");
});

test.each([
  ["", false],
  ["sslmode=disable", false],
  ["sslmode=allow", "prefer"],
  ["sslmode=prefer", "prefer"],
  ["sslmode=require", "require"],
  ["sslmode=verify-full", { rejectUnauthorized: true }],
  ["sslrootcert=system", { rejectUnauthorized: true }],
  ["sslmode=verify-full&host=10.0.0.1", { rejectUnauthorized: true, host: "10.0.0.1" }],
  ["sslmode=require&host=/tmp", false],
])("TLS of %s", (query, ssl) => {
  expect(connectionOptions(`postgres://u@h/db?${query}`).ssl).toEqual(ssl);
});

test("a pool may be small, and not without bounds", () => {
  const poolMax = (DATABASE_POOL_MAX?: string) =>
    readEnv({ NODE_ENV: "test", ...(DATABASE_POOL_MAX && { DATABASE_POOL_MAX }) }).databasePoolMax;
  expect([poolMax(), poolMax("2"), poolMax("500")]).toEqual([20, 2, 500]);
  for (const bad of ["1", "501", "many"]) expect(() => poolMax(bad)).toThrow(/^DATABASE_POOL_MAX: must be/);
});

test("a public address has no path", () => {
  const publicUrl = (PUBLIC_URL: string) => readEnv({ NODE_ENV: "test", PUBLIC_URL }).publicUrl;
  expect(publicUrl("https://rungs.example/")).toBe("https://rungs.example");
  expect(publicUrl("https://rungs.example:8443")).toBe("https://rungs.example:8443");
  for (const bad of ["https://example.org/rungs", "https://example.org/rungs/", "https://example.org/?a=b"]) {
    expect(() => publicUrl(bad)).toThrow(
      "PUBLIC_URL: must be an origin such as https://rungs.example: pages do not work",
    );
  }
  expect(() => publicUrl("rungs.example")).toThrow(/^PUBLIC_URL: must be a URL/);
});
