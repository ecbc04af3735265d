/**
 * TLS to Postgres with the modes of libpq, except that without `sslmode` there is none, and that the authorities are
 * Node's unless `sslrootcert` names others. https://www.postgresql.org/docs/18/libpq-ssl.html
 */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { DatabaseUrlError, type Parameters, readChoice } from "./url-parameters";

/** `prefer`: where the server offers it. `require`: without a look at the certificate. */
export type DatabaseTls = false | "prefer" | "require" | ConnectionOptions;

const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

export function readTls(given: Parameters, host: string): DatabaseTls {
  const root = given.get("sslrootcert");
  const asked = readChoice(given, "sslmode", modes) ?? (root === "system" ? "verify-full" : "disable");
  const mode = asked === "require" && root ? "verify-ca" : asked;
  const [cert, key] = [readPem(given, "sslcert"), readPem(given, "sslkey")];
  const own = { ...(cert && { cert }), ...(key && { key }) };
  switch (mode) {
    case "disable":
      return false;
    case "allow":
    case "prefer":
      return "prefer";
    case "require":
      return cert || key ? { ...own, rejectUnauthorized: false } : "require";
    default: {
      const ca = root === "system" ? undefined : readPem(given, "sslrootcert");
      return {
        ...own,
        ...(ca && { ca }),
        // Without it Node would look for "localhost" in the certificate of an address.
        ...(isIP(host) && { host }),
        ...(mode === "verify-ca" && { checkServerIdentity: () => undefined }),
        rejectUnauthorized: true,
      };
    }
  }
}

function readPem(given: Parameters, name: string): string | undefined {
  const path = given.get(name);
  if (!path) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new DatabaseUrlError(`the file ${path} of ${name} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
