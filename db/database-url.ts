/**
 * Reads a connection URI as libpq does, into the options of postgres.js, which by itself takes no Unix socket without a
 * host, and sends parameters that it does not know to the server.
 * https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
import { userInfo } from "node:os";
import { type DatabaseTls, readTls } from "./database-tls";
import { DatabaseUrlError, decode, type Parameters, readChoice, readParameters } from "./url-parameters";

export interface DatabaseUrl {
  /** Tried in this order. One that begins with a slash is the folder of a Unix socket. */
  hosts: { host: string; port: number }[];
  user: string;
  password: string;
  database: string;
  /** Undefined: the first schema of the role's `search_path`. */
  schema: string | undefined;
  /** Said to lead through a connection pooler; otherwise that is found out. */
  pooled: boolean;
  tls: DatabaseTls;
  targetSessionAttrs: TargetSession | undefined;
  connectTimeoutSeconds: number | undefined;
  applicationName: string | undefined;
  /** Command-line options for the server's session. */
  options: string | undefined;
}

export type TargetSession = "read-write" | "primary";

const example = "must be a URL such as postgres://user:password@host:5432/rungs";
const defaultPort = 5432;
const hostsMax = 16;

export function readDatabaseUrl(url: string): DatabaseUrl {
  const parts = /^postgres(?:ql)?:\/\/(?:([^/?]*)@)?([^/?@]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url);
  if (!parts) throw new DatabaseUrlError(example);
  const [, credentials = "", authority = "", path = "", query = ""] = parts;
  const given = readParameters(query);
  const [user = "", ...password] = credentials.split(":");
  const name = given.get("user") ?? decode(user, "user name");
  const owner = name || userInfo().username;
  const hosts = readHosts(authority, given);
  const isSocket = hosts.some(({ host }) => host.startsWith("/"));
  if (isSocket && hosts.length > 1) throw new DatabaseUrlError("a Unix socket cannot be one of several hosts");
  return {
    hosts,
    user: owner,
    password: given.get("password") ?? decode(password.join(":"), "password"),
    database: given.get("dbname") ?? (decode(path, "database name") || owner),
    schema: readSchema(given.get("schema")),
    pooled: readChoice(given, "pgbouncer", ["true", "false"]) === "true",
    // As in libpq, a socket needs none.
    tls: isSocket ? false : readTls(given, hosts[0]?.host ?? ""),
    targetSessionAttrs: readTarget(given),
    connectTimeoutSeconds: readSeconds(given.get("connect_timeout")),
    applicationName: given.get("application_name"),
    options: given.get("options"),
  };
}

function readHosts(authority: string, given: Parameters): DatabaseUrl["hosts"] {
  const named = authority.split(",").map((one) => {
    const [, bracketed, plain = "", port = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(one) ?? [];
    if (bracketed === undefined && plain === "" && port === "" && one !== "") throw new DatabaseUrlError(example);
    return { host: decode(bracketed ?? plain, "host name"), port };
  });
  const hosts = given.get("host")?.split(",") ?? named.map(({ host }) => host);
  const ports = given.get("port")?.split(",") ?? named.map(({ port }) => port);
  if (hosts.length > hostsMax) throw new DatabaseUrlError(`has more than ${hostsMax} hosts`);
  if (ports.length > 1 && ports.length !== hosts.length) throw new DatabaseUrlError("has not as many ports as hosts");
  return hosts.map((host, i) => ({
    host: host || "localhost",
    port: readPort((ports.length === 1 ? ports[0] : ports[i]) || String(defaultPort)),
  }));
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new DatabaseUrlError("has a port that is not 1 to 65535");
  return port;
}

/** A plain name, so that it means the same quoted and unquoted. */
function readSchema(name: string | undefined): string | undefined {
  if (name === undefined || /^[a-z_][a-z0-9_]{0,62}$/.test(name)) return name;
  throw new DatabaseUrlError("schema must be a name of lower-case letters, digits and underscores");
}

/** `any` and `prefer-standby` could give a standby, which takes no writes. */
function readTarget(given: Parameters): TargetSession | undefined {
  const target = readChoice(given, "target_session_attrs", ["any", "read-write", "primary"]);
  return target === "any" ? undefined : target;
}

function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 60) {
    throw new DatabaseUrlError("connect_timeout must be a whole number of seconds from 1 to 60");
  }
  return seconds;
}
