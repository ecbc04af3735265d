/**
 * The one way by which failures of the stores are reported: counted each time, logged at most once in `quietMs` for each
 * component and kind, and remembered for /readyz. Holds a few values for each component and kind, however many fail.
 */
import { isRungsError } from "@/lib/domain/errors";
import type { Logger } from "@/lib/logger";
import { type FailureKind, failureMessage, kindOfFailure } from "@/lib/storage-failure";

/** What fails when a store does. Few and fixed, since they are labels of a metric. */
export type StorageComponent =
  | "API keys"
  | "board list"
  | "board pages"
  | "board positions"
  | "change feed"
  | "clean-up"
  | "history"
  | "inbox worker"
  | "index audit"
  | "index rebuild"
  | "instance lease"
  | "instance registry"
  | "metrics"
  | "outbox settler"
  | "outbox sweep"
  | "player reads"
  | "player search"
  | "readiness probe"
  | "requests"
  | "score writer"
  | "settings"
  | "sign-in"
  | "streams"
  | "viewer counts";

export interface StorageFailure {
  component: StorageComponent;
  /** The board's id, or its uid where the id is not known. */
  board?: string | number;
  /** The request in which it failed. */
  requestId?: string;
  path?: string;
  error: unknown;
  /** What follows for users, and what mends it. */
  consequence: string;
}

export interface FailureCount {
  component: StorageComponent;
  kind: FailureKind;
  count: number;
}

export interface RecentFailure {
  component: StorageComponent;
  kind: FailureKind;
}

interface Quiet {
  failure: StorageFailure;
  suppressed: number;
  /** A few of the boards whose failures were suppressed. */
  boards: Set<string | number>;
}

interface Counted extends FailureCount {
  lastAt: number;
}

const quietMsDefault = 10_000;
const boardsLoggedMax = 5;

export class StorageErrors {
  readonly #logger: Logger;
  readonly #quietMs: number;
  readonly #counts = new Map<string, Counted>();
  readonly #quiet = new Map<string, Quiet>();

  constructor(logger: Logger, quietMs = quietMsDefault) {
    this.#logger = logger;
    this.#quietMs = quietMs;
  }

  /** Takes any error that was caught; one that is an answer to the user is none of a store's. */
  report(failure: StorageFailure): void {
    if (isRungsError(failure.error)) return;
    const { component, board } = failure;
    const kind = kindOfFailure(failure.error);
    if (kind === "pending") {
      this.#log("debug", failure, kind, {});
      return;
    }
    const key = `${component} ${kind}`;
    const counted = this.#counts.get(key) ?? { component, kind, count: 0, lastAt: 0 };
    this.#counts.set(key, { component, kind, count: counted.count + 1, lastAt: performance.now() });
    const quiet = this.#quiet.get(key);
    if (!quiet) {
      this.#log(levelOf(kind), failure, kind, {});
      this.#beQuiet(key, failure, kind);
      return;
    }
    quiet.failure = failure;
    quiet.suppressed++;
    if (board !== undefined && quiet.boards.size < boardsLoggedMax) quiet.boards.add(board);
  }

  /** All that was reported since the start. */
  counts(): FailureCount[] {
    return [...this.#counts.values()];
  }

  /** What failed within the last `ms`. */
  recent(ms: number): RecentFailure[] {
    const since = performance.now() - ms;
    return [...this.#counts.values()].filter(({ lastAt }) => lastAt >= since);
  }

  /** The newest of the failures that are suppressed from now on is logged at the end of the time, with their number. */
  #beQuiet(key: string, failure: StorageFailure, kind: FailureKind): void {
    const quiet: Quiet = { failure, suppressed: 0, boards: new Set() };
    this.#quiet.set(key, quiet);
    setTimeout(() => {
      this.#quiet.delete(key);
      if (quiet.suppressed === 0) return;
      const { suppressed, boards } = quiet;
      this.#log(levelOf(kind), quiet.failure, kind, { suppressed, ...(boards.size > 1 && { boards: [...boards] }) });
      this.#beQuiet(key, quiet.failure, kind);
    }, this.#quietMs).unref();
  }

  #log(level: "debug" | "warn" | "error", failure: StorageFailure, kind: FailureKind, more: object): void {
    const { component, board, requestId, path, error, consequence } = failure;
    // Only a defect is worth its stack.
    const cause = kind === "other" ? { err: error } : { failure: failureMessage(error) };
    this.#logger[level](
      { component, board, requestId, path, kind, ...cause, consequence, ...more },
      `${component}: ${consequence}`,
    );
  }
}

function levelOf(kind: FailureKind): "warn" | "error" {
  return kind === "other" ? "error" : "warn";
}
