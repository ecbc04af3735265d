import type postgres from "postgres";
import { readDatabaseUrl } from "./database-url";

type Options = postgres.Options<Record<string, postgres.PostgresType>>;

const connectTimeoutSeconds = 5;
/** Between failed attempts to connect; postgres.js would wait up to 20, long after Postgres is back. */
const reconnectSecondsMax = 1;
/** Connections to Postgres at most, unless set. */
export const poolMaxDefault = 20;

/**
 * What postgres.js needs to connect to a database's URL; throws a DatabaseUrlError.
 * @param settings of each session, sent when it is opened. Poolers refuse all but `application_name`.
 */
export function connectionOptions(url: string, settings: Record<string, string | number> = {}): Options {
  const read = readDatabaseUrl(url);
  const [first] = read.hosts;
  const socket = first?.host.startsWith("/") ? `${first.host}/.s.PGSQL.${first.port}` : undefined;
  return {
    // Its types leave out what its documentation says of lists.
    host: read.hosts.map(({ host }) => host) as unknown as string,
    port: read.hosts.map(({ port }) => port) as unknown as number,
    ...(socket && { path: socket }),
    user: read.user,
    password: read.password,
    database: read.database,
    ssl: read.tls,
    ...(read.targetSessionAttrs && { target_session_attrs: read.targetSessionAttrs }),
    connect_timeout: read.connectTimeoutSeconds ?? connectTimeoutSeconds,
    backoff: (failures) => Math.min(3 ** failures / 100, reconnectSecondsMax) * (0.5 + Math.random() / 2),
    onnotice: () => undefined,
    connection: {
      application_name: read.applicationName ?? "rungs",
      ...(read.options && { options: read.options }),
      ...settings,
    },
  };
}
