/** A Postgres that is reached by a Unix socket and by TLS, and one that is a standby. */
import { execFile } from "node:child_process";
import { chmod, chown, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pino from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectDatabase } from "@/db/inspect";
import { checkDatabase } from "@/lib/embedded/configured-postgres";
import { freePort } from "@/lib/embedded/free-port";
import { type EmbeddedPostgres, startPostgres } from "@/lib/embedded/postgres";
import { newFolder } from "@/tests/support/temp-folder";

const logger = pino({ level: "silent" });
let folder: string;
let sockets: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  folder = await newFolder();
  await chmod(folder, 0o755);
  sockets = join(folder, "s");
  server = await start({});
  await server.stop();
  const { uid, gid } = await stat(join(folder, "postgres"));
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...[...subject, ...files],
  ]);
  await mkdir(sockets);
  for (const path of [sockets, join(folder, "key.pem"), join(folder, "cert.pem")]) await chown(path, uid, gid);
  const ssl = { ssl: "on", ssl_cert_file: join(folder, "cert.pem"), ssl_key_file: join(folder, "key.pem") };
  server = await start({ unix_socket_directories: sockets, ...ssl });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (settings: Record<string, string>) =>
  startPostgres({ dataDir: folder, password: "p@ss:w/rd?#%é", logger, settings });

async function outcome(url: string): Promise<unknown> {
  return inspectDatabase(url).then(
    ({ user, database }) => `${user} on ${database}`,
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
}

test("every way in which libpq is told of a socket leads to it", async () => {
  const { port, password } = new URL(server.url);
  const socket = encodeURIComponent(sockets);
  const urls = [
    `postgres://rungs:${password}@/rungs?host=${sockets}&port=${port}`,
    `postgresql:///rungs?host=${socket}&user=rungs&port=${port}&password=${password}`,
    `postgres://rungs:${password}@${socket}:${port}/rungs`,
    `postgres://rungs:${password}@${socket}:${port}/rungs?sslmode=verify-full`,
  ];
  expect(await Promise.all(urls.map(outcome))).toEqual(urls.map(() => "rungs on rungs"));
});

test("each sslmode asks for what libpq's does", async () => {
  const ca = `sslrootcert=${join(folder, "cert.pem")}`;
  const of = (query: string, host = "127.0.0.1") => outcome(`${server.url.replace("127.0.0.1", host)}?${query}`);
  const fine = "rungs on rungs";
  expect(await of("sslmode=disable")).toBe(fine);
  expect(await of("sslmode=prefer")).toBe(fine);
  expect(await of("sslmode=require")).toBe(fine);
  expect(await of("sslmode=verify-full")).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  expect(await of(`sslmode=verify-full&${ca}`)).toBe(fine);
  expect(await of(`sslmode=verify-full&${ca}`, "localhost")).toBe(fine);
  expect(await of(`sslmode=verify-full&${ca}`, "127.0.0.2")).toBe("ECONNREFUSED");
  expect(await of(`sslmode=verify-ca&${ca}`)).toBe(fine);
  expect(await of("sslmode=verify-ca")).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  expect(await of("sslmode=require&sslrootcert=system")).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
});

test("of several hosts the one that takes writes is used; none of them answering is said soon", async () => {
  const { port, password } = new URL(server.url);
  const dead = await freePort();
  const several = `postgres://rungs:${password}@127.0.0.1:${dead},127.0.0.1:${port}/rungs?target_session_attrs=read-write`;
  expect(await outcome(several)).toBe("rungs on rungs");
  const none = `postgres://rungs:p@127.0.0.1:${dead},localhost:${dead}/rungs`;
  const began = performance.now();
  await expect(checkDatabase(none)).rejects.toThrow(
    `DATABASE_URL: no Postgres answers at 127.0.0.1:${dead} or localhost:${dead} (connection refused)`,
  );
  expect(performance.now() - began).toBeLessThan(4_000);
});

test("a standby is refused in one line", async () => {
  await server.stop();
  await writeFile(join(folder, "postgres", "standby.signal"), "");
  server = await start({});
  await expect(checkDatabase(server.url)).rejects.toThrow(
    "DATABASE_URL: that Postgres is a standby, which takes no writes: use the primary. Correct it, or leave it out",
  );
});
