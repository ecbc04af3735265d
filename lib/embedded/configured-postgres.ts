import { inSession } from "./postgres-session";
import { StartError } from "./start-error";

const answerMs = 8000;
const versionMin = 15;

/** Refuses a `DATABASE_URL` that cannot be used, saying why and what to do. */
export async function checkDatabase(url: string): Promise<void> {
  let version: number;
  try {
    version = await inSession(
      url,
      async (sql) => {
        const [row] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
        return Math.floor((row?.version ?? 0) / 10_000);
      },
      answerMs,
    );
  } catch (error) {
    throw new StartError(`DATABASE_URL: ${reasonFor(error, new URL(url))}. ${wayOut}`, { cause: error });
  }
  if (version < versionMin) {
    throw new StartError(`DATABASE_URL: that is Postgres ${version}, Rungs needs ${versionMin} or later. ${wayOut}`);
  }
}

const wayOut = "Correct it, or leave it out to use the embedded Postgres.";

/** Never repeats the URL itself, which holds the password. */
function reasonFor(error: unknown, url: URL): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const where = `${url.hostname}:${url.port || 5432}`;
  switch (code) {
    case "ECONNREFUSED":
      return `no Postgres answers at ${where} (connection refused)`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the host name ${url.hostname} is not known`;
    case "28P01":
    case "28000":
      return `the Postgres at ${where} does not let user "${decodeURIComponent(url.username)}" in`;
    case "3D000":
      return `there is no database "${decodeURIComponent(url.pathname.slice(1))}" at ${where}`;
    default:
      return `the Postgres at ${where} cannot be used (${String(message || code)})`;
  }
}
