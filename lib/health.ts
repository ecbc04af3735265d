/**
 * Whether this instance is fit for traffic. Tries what is really used: a write to Postgres that needs room on its disk,
 * and the rank index; and looks at what has failed, or was answered as stale, in the last seconds.
 */
import { withDeadline } from "@/db/client";
import { probeDatabase } from "@/db/queries/probe";
import { keptFor } from "./kept-for";
import type { Context } from "./leaderboard/context";
import { failureMessage, kindOfFailure } from "./storage-failure";

export interface Health {
  /** `degraded` is fit for traffic all the same: boards are served, some of them as stale, or scores are refused. */
  status: "ready" | "degraded" | "unavailable";
  /** Why it is not ready. */
  reasons: string[];
  /** Whether it answers. */
  postgres: boolean;
  rankIndex: boolean;
}

/** Health checks of any number share one probe in this time. */
const keptMs = 2_000;
const deadlineMs = 2_000;
/** Longer than viewers take from poll to poll. */
const recentMs = 10_000;

export class HealthCheck {
  readonly #context: Context;
  readonly #troubles: () => string[];
  #draining = false;
  readonly #probe: () => Promise<Stores>;

  /** @param troubles settings that an operator should correct although everything works, in words */
  constructor(context: Context, troubles: () => string[]) {
    this.#context = context;
    this.#troubles = troubles;
    this.#probe = keptFor(keptMs, () => probeStores(context));
  }

  /** From now on the instance is unavailable. */
  drain(): void {
    this.#draining = true;
  }

  async read(): Promise<Health> {
    const stores = await this.#probe();
    const postgres = answers(stores.postgres);
    const rankIndex = answers(stores.rankIndex);
    const reasons = [...reasonsOf(stores), ...this.#recent(), ...this.#troubles()];
    if (this.#draining) reasons.unshift("the instance is shutting down");
    const status = this.#draining || !postgres ? "unavailable" : reasons.length > 0 ? "degraded" : "ready";
    return { status, reasons, postgres, rankIndex };
  }

  #recent(): string[] {
    const { lag, staleAnswers, storageErrors } = this.#context;
    const stale = staleAnswers.boards(recentMs);
    const failed = storageErrors.recent(recentMs).filter(({ component }) => component !== "readiness probe");
    return [
      ...(stale > 0 ? [`boards served as stale: ${stale}`] : []),
      ...(lag.size > 0 ? [`boards whose rank index is behind: ${lag.size}`] : []),
      ...failed.map(({ component, kind }) => `storage errors: ${component} (${kind})`),
    ];
  }
}

/** Failures after which nothing of a store works; others leave reads. */
const awayKinds = new Set(["timeout", "unreachable", "too-many-connections"]);

function answers(failure: unknown): boolean {
  return !failure || !awayKinds.has(kindOfFailure(failure));
}

/** What each store's probe failed with. */
interface Stores {
  postgres: unknown;
  rankIndex: unknown;
}

async function probeStores({ database, index, storageErrors }: Context): Promise<Stores> {
  const failureOf = (probe: Promise<unknown>, consequence: string) =>
    probe.then(
      () => null,
      (error: unknown) => {
        storageErrors.report({ component: "readiness probe", error, consequence });
        return error;
      },
    );
  const [postgres, rankIndex] = await Promise.all([
    failureOf(withDeadline(probeDatabase(database.sql), deadlineMs), "Postgres reported as failing by /readyz"),
    failureOf(index.probe(), "rank index reported as failing by /readyz"),
  ]);
  return { postgres, rankIndex };
}

function reasonsOf({ postgres, rankIndex }: Stores): string[] {
  return [
    ...(postgres ? [`Postgres does not take writes (${kindOfFailure(postgres)})`] : []),
    ...(rankIndex ? [reasonOf(rankIndex)] : []),
  ];
}

function reasonOf(rankIndex: unknown): string {
  const kind = kindOfFailure(rankIndex);
  return kind === "conflict" ? `Redis ${failureMessage(rankIndex)}` : `the rank index does not take writes (${kind})`;
}
