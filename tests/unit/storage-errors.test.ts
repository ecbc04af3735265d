import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DatabaseDeadlineError } from "@/db/bounded-sql";
import { RungsError } from "@/lib/domain/errors";
import { IndexUnavailableError } from "@/lib/rank-index/rank-index";
import { StorageErrors } from "@/lib/storage-errors";
import { kindOfFailure } from "@/lib/storage-failure";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const quietMs = 10_000;

function recording() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: "debug", base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  return { lines, errors: new StorageErrors(logger, quietMs) };
}

const full = () => new IndexUnavailableError("the rank index is away", { cause: new Error("OOM command not allowed") });
const report = (errors: StorageErrors, board: string, error: unknown = full()) =>
  errors.report({ component: "score writer", board, error, consequence: "ranks are null" });

test("the first failure is logged at once, with component, board, failure and consequence", () => {
  const { lines, errors } = recording();
  report(errors, "arena");
  expect(lines).toMatchObject([
    {
      ...{ level: 40, component: "score writer", board: "arena", kind: "full" },
      ...{ failure: "OOM command not allowed", consequence: "ranks are null", msg: "score writer: ranks are null" },
    },
  ]);
});

test("a thousand failures within the quiet time are two lines, the second with their number and some boards", () => {
  const { lines, errors } = recording();
  for (let i = 0; i < 1_000; i++) report(errors, `board-${i}`);
  expect(lines).toHaveLength(1);
  vi.advanceTimersByTime(quietMs);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatchObject({ board: "board-999", suppressed: 999 });
  expect(lines[1]?.boards).toEqual(["board-1", "board-2", "board-3", "board-4", "board-5"]);
  expect(errors.counts()).toMatchObject([{ component: "score writer", kind: "full", count: 1_000 }]);
});

test("the quiet time begins anew with each line, and ends with a time without failures", () => {
  const { lines, errors } = recording();
  for (let second = 0; second < 60; second++) {
    report(errors, "arena");
    vi.advanceTimersByTime(1_000);
  }
  expect(lines).toHaveLength(7);
  vi.advanceTimersByTime(quietMs);
  report(errors, "arena");
  expect(lines).toHaveLength(8);
  expect(lines[7]).not.toHaveProperty("suppressed");
});

test("one kind of failure does not silence another, nor one component another", () => {
  const { lines, errors } = recording();
  report(errors, "arena");
  report(errors, "arena", new DatabaseDeadlineError("Postgres did not answer within 5000 ms"));
  errors.report({ component: "outbox sweep", error: full(), consequence: "rows wait" });
  expect(lines.map(({ component, kind }) => [component, kind])).toEqual([
    ["score writer", "full"],
    ["score writer", "timeout"],
    ["outbox sweep", "full"],
  ]);
});

test("an index that is being rebuilt is no failure, and an answer to the user none either", () => {
  const { lines, errors } = recording();
  report(
    errors,
    "arena",
    new IndexUnavailableError("the rank index of board 1 is still being rebuilt", { fault: "pending" }),
  );
  report(errors, "arena", new RungsError("board-not-found", "There is no board."));
  expect(errors.counts()).toEqual([]);
  expect(lines.map(({ level, kind }) => [level, kind])).toEqual([[20, "pending"]]);
});

test.each([
  ["lost", "the rank index of board 1 lost entries while it was built"],
  ["timeout", "another instance did not finish rebuilding board 1"],
] as const)("an index that cannot be used for another reason is a failure: %s", (fault, message) => {
  const { lines, errors } = recording();
  errors.report({
    ...{ component: "index rebuild", board: 1, consequence: "board served as stale" },
    error: new IndexUnavailableError(message, { fault }),
  });
  expect(errors.counts()).toMatchObject([{ component: "index rebuild", kind: fault, count: 1 }]);
  expect(lines).toMatchObject([{ level: 40, kind: fault, failure: message }]);
});

test("an unknown failure is an error line with its stack", () => {
  const { lines, errors } = recording();
  report(errors, "arena", new TypeError("x is not a function"));
  const stack = expect.stringContaining("storage-errors.test");
  expect(lines[0]).toMatchObject({ level: 50, kind: "other", err: { message: "x is not a function", stack } });
});

test("what failed lately is remembered for as long as is asked for", () => {
  const { errors } = recording();
  report(errors, "arena");
  vi.advanceTimersByTime(5_000);
  expect(errors.recent(6_000)).toMatchObject([{ component: "score writer", kind: "full" }]);
  expect(errors.recent(4_000)).toEqual([]);
});

test.each([
  ["timeout", { code: "57014" }, "canceling statement due to statement timeout"],
  ["too-many-connections", { code: "53300" }, "too many connections for role"],
  ["too-many-connections", { code: "EMFILE" }, "connect EMFILE 127.0.0.1:5432"],
  ["full", { code: "53100" }, "could not extend file"],
  ["full", { code: "ENOSPC" }, "no space left on device"],
  ["full", {}, "MISCONF Redis is configured to save RDB snapshots"],
  ["read-only", { code: "25006" }, "cannot execute INSERT in a read-only transaction"],
  ["read-only", {}, "READONLY You can't write against a read only replica. script: 5a0c"],
  ["read-only", {}, "ERR Error running script (call to f_5a): @user_script:3: -READONLY You can't write"],
  ["denied", { code: "42501" }, "permission denied for table boards"],
  ["denied", {}, "NOPERM this user has no permissions to run the 'evalsha' command"],
  ["denied", {}, "WRONGPASS invalid username-password pair"],
  ["unreachable", { code: "CONNECTION_CLOSED" }, "write CONNECTION_CLOSED"],
  ["unreachable", { code: "ECONNREFUSED" }, "connect ECONNREFUSED"],
  ["unreachable", { code: "57P01" }, "terminating connection due to administrator command"],
  ["other", { code: "42703" }, "column embed_hosts does not exist"],
])("%s: %o %s", (kind, fields, message) => {
  const cause = Object.assign(new Error(message), fields);
  expect(kindOfFailure(new Error("Failed query: select 1", { cause }))).toBe(kind);
});
