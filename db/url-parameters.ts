/** The parameters of a database's URL, and how what is wrong with them is said. */

export type Parameters = ReadonlyMap<string, string>;

/** Says in one line what is wrong, without repeating the URL, which holds the password. */
export class DatabaseUrlError extends Error {
  override readonly name = "DatabaseUrlError";
}

const known = [
  ...["host", "port", "user", "password", "dbname", "schema", "pgbouncer", "options", "application_name"],
  ...["connect_timeout", "target_session_attrs", "channel_binding", "gssencmode"],
  ...["sslmode", "sslrootcert", "sslcert", "sslkey"],
];
const elsewhere: Record<string, string> = {
  connection_limit: "set DATABASE_POOL_MAX instead",
  search_path: "use the parameter schema instead",
};

/** Of the query of a connection URI; the last of the same name counts. */
export function readParameters(query: string): Parameters {
  const given = new Map<string, string>();
  for (const pair of query.split("&").filter((one) => one !== "")) {
    const [name = "", ...value] = pair.split("=");
    if (!known.includes(name)) {
      const hint = elsewhere[name] ?? `known are ${known.join(", ")}`;
      throw new DatabaseUrlError(`the parameter "${name.slice(0, 40)}" is not supported (${hint})`);
    }
    given.set(name, decode(value.join("="), `parameter ${name}`));
  }
  // Both are a guard that postgres.js does not have; doing without one silently would be wrong.
  for (const name of ["channel_binding", "gssencmode"]) {
    if (given.get(name) === "require") throw new DatabaseUrlError(`${name}=require is not supported: take it away`);
  }
  return given;
}

export function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError(`the ${what} has a percent sign that begins no code: percent-encode it, as %25`);
  }
}

export function readChoice<T extends string>(given: Parameters, name: string, choices: readonly T[]): T | undefined {
  const value = given.get(name);
  if (value === undefined) return undefined;
  const found = choices.find((one) => one === value);
  if (!found) throw new DatabaseUrlError(`${name} must be one of ${choices.join(", ")}`);
  return found;
}
