/** What kind of failure an error of Postgres or of the rank index is: for the log, for metrics, and for HTTP. */

export type FailureKind =
  /** No answer in time; a write may still have happened. */
  | "timeout"
  /** No connection, or one that was lost. */
  | "unreachable"
  | "too-many-connections"
  /** No room left on the disk, or in Redis' memory. */
  | "full"
  /** A standby or a replica, which refuses writes. */
  | "read-only"
  /** Missing rights, or a wrong password. */
  | "denied"
  /** Another database uses the same part of Redis, so this one does not. */
  | "conflict"
  /** Redis deleted keys of a rank index, such as by eviction. */
  | "lost"
  /** The index is being rebuilt, or has to catch up: no failure of a store. */
  | "pending"
  /** A defect, or a reply that is not known. */
  | "other";

interface Failure {
  name: string;
  message: string;
  /** Of Postgres, of the system, or of postgres.js. */
  code: string;
  /** Of the rank index, where there is no cause. */
  fault: FailureKind | undefined;
}

const rules: [kind: FailureKind, fits: (failure: Failure) => boolean][] = [
  ["timeout", ({ name }) => /^(Database)?DeadlineError$|TimeoutError$/.test(name)],
  ["timeout", ({ code }) => /^(57014|55P03)$/.test(code)],
  // Of Postgres, and of the process, which has as many as it may open files.
  ["too-many-connections", ({ code }) => /^(53300|EMFILE|ENFILE)$/.test(code)],
  ["full", ({ code }) => /^(53\d|ENOSPC)/.test(code)],
  ["read-only", ({ code }) => code === "25006"],
  ["denied", ({ code }) => /^(28|42501)/.test(code)],
  // postgres.js' and the system's own, and Postgres' classes 08 (connection) and 57P (shutting down).
  ["unreachable", ({ code }) => /^(CONNECT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENETUNREACH|08|57P)/.test(code)],
  // Redis puts the code first, and those before version 7 somewhere in a script's error.
  ["full", ({ message }) => /\bOOM command not allowed|\bMISCONF\b/.test(message)],
  ["read-only", ({ message }) => /\bREADONLY\b/.test(message)],
  ["denied", ({ message }) => /\b(NOAUTH|NOPERM|WRONGPASS)\b|user executing the script can't/.test(message)],
  ["unreachable", ({ message }) => /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|BUSY)\b/.test(message)],
  [
    "unreachable",
    ({ name }) =>
      /^(CircuitOpen|ClientClosed|ClientOffline|DisconnectsClient|RedisUnchecked|Socket\w*)Error$/.test(name),
  ],
  ["conflict", ({ name }) => name === "RedisConflictError"],
];

export function kindOfFailure(error: unknown): FailureKind {
  for (const failure of causes(error)) {
    if (failure.fault) return failure.fault;
    const rule = rules.find(([, fits]) => fits(failure));
    if (rule) return rule[0];
  }
  return isIndexUnavailable(error) ? "unreachable" : "other";
}

/** Whether a store failed, be it in a way that is not known. */
export function isOfStore(error: unknown): boolean {
  return kindOfFailure(error) !== "other" || causes(error).some(({ name }) => /^(Postgres|Upstash)Error$/.test(name));
}

/** What the innermost error says: drizzle's own message is the query with its parameters, hashes and tokens among them. */
export function failureMessage(error: unknown): string {
  return causes(error).at(-1)?.message ?? String(error);
}

const depthMax = 5;

function causes(error: unknown): Failure[] {
  const found: Failure[] = [];
  for (let one = error; one instanceof Error && found.length < depthMax; one = one.cause) {
    const { name, message } = one;
    const fault = name === "IndexUnavailableError" && "fault" in one ? (one.fault as FailureKind) : undefined;
    found.push({ name, message, code: "code" in one ? String(one.code) : "", fault });
  }
  return found;
}

function isIndexUnavailable(error: unknown): boolean {
  return causes(error).some(({ name }) => name === "IndexUnavailableError");
}
