/** Why a database cannot be used: one line with the reason that Postgres or the system gave, and what to do. */
import { readDatabaseUrl } from "@/db/database-url";

/** Null when the cause is not one that an operator can mend. Never repeats the URL, which holds the password. */
export function databaseProblem(error: unknown, url: string): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === "DatabaseUrlError") return error.message;
  const place = placeOf(url);
  const code = error.name === "DatabaseDeadlineError" ? "ETIMEDOUT" : "code" in error ? String(error.code) : "";
  const words = problems[code]?.(place, reasonOf(error, code));
  if (words) return words;
  if (/^(CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) {
    return `the TLS certificate of ${place.where} is not trusted (${error.message})`;
  }
  // Postgres' classes 08 (connection), 53 (resources) and 57P (shutting down), and what a lost connection leaves.
  return /^(08|53|57P|ECONNRESET|CONNECTION_)/.test(code) ? unusable(place, reasonOf(error, code)) : null;
}

interface Place {
  where: string;
  host: string;
  user: string;
  database: string;
}

function placeOf(url: string): Place {
  const { hosts, user, database } = readDatabaseUrl(url);
  const host = hosts[0]?.host ?? "";
  const where = host.startsWith("/")
    ? `the socket ${host}/.s.PGSQL.${hosts[0]?.port}`
    : hosts.map((one) => `${one.host.includes(":") ? `[${one.host}]` : one.host}:${one.port}`).join(" or ");
  return { where, host, user, database };
}

/** Of an attempt at each of a name's addresses, Node gives no message. */
function reasonOf({ message }: Error, code: string): string {
  return message.trim() || code;
}

type Words = (place: Place, reason: string) => string;

const unusable: Words = ({ where }, reason) => `the Postgres at ${where} cannot be used (${reason})`;
const unknownHost: Words = ({ host }) => `the host name ${host} is not known`;
const silent: Words = ({ where }, reason) => `no Postgres answers at ${where} (${reason})`;
const locked: Words = ({ where, user }, reason) =>
  `the Postgres at ${where} does not let user "${user}" in (${reason})`;

const problems: Readonly<Record<string, Words>> = {
  ECONNREFUSED: ({ where }) => `no Postgres answers at ${where} (connection refused)`,
  ENOENT: ({ where }) => `no Postgres answers at ${where} (no such file)`,
  EACCES: ({ where }) => `this user may not open ${where} (permission denied)`,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ETIMEDOUT: silent,
  CONNECT_TIMEOUT: silent,
  EHOSTUNREACH: silent,
  ENETUNREACH: silent,
  "28P01": locked,
  "28000": locked,
  "3D000": ({ where, database }) => `there is no database "${database}" at ${where}`,
  "53300": ({ where, user }, reason) =>
    `the Postgres at ${where} has no connection left for user "${user}" (${reason}): raise its limit, or lower DATABASE_POOL_MAX of all instances`,
  "25006": ({ where }, reason) => `the Postgres at ${where} takes no writes (${reason}): use the primary`,
  "42501": ({ user }, reason) =>
    `user "${user}" lacks a right (${reason}): grant it usage and create on the schema, and the tables there`,
  "3F000": ({ user }, reason) =>
    `there is no schema for the tables (${reason}): create one that the search_path of user "${user}" names, or name one as ?schema=`,
};
