/** Metrics of what is stored: commits, the outbox, rank indexes, and what fails. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { OutboxBacklog } from "@/db/queries/outbox";
import type { Health } from "./health";
import type { FailureCount } from "./storage-errors";

export interface StoreMetrics {
  /** Seconds that a group of posts took from being taken up to its commit. */
  commitSeconds: Histogram;
  /** Posts that shared a commit. */
  commitPosts: Histogram;
  rebuildSeconds: Histogram;
  rebuildsRunning: Gauge;
}

export interface StoreSources {
  /** Failures of the stores since the start. */
  storageErrors(): FailureCount[];
  staleAnswers: { count: number; boards(ms: number): number };
  /** Boards whose index is known to lack changes. */
  indexesBehind(): number;
  /** Null while it cannot be read. */
  backlog(): Promise<OutboxBacklog | null>;
  health(): Promise<Health>;
}

const staleMs = 15_000;
const commitSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8];
const commitPosts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
const rebuildSeconds = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300];

export function createStoreMetrics(registers: Registry[], sources: StoreSources): StoreMetrics {
  collectErrors(registers, sources);
  collectIndexes(registers, sources);
  collectBacklog(registers, sources);
  return {
    commitSeconds: new Histogram({
      ...{ name: "rungs_commit_seconds", help: "Time from taking up a group of posts to its commit", registers },
      buckets: commitSeconds,
    }),
    commitPosts: new Histogram({
      ...{ name: "rungs_commit_posts", help: "Posts that shared a commit", registers },
      buckets: commitPosts,
    }),
    rebuildSeconds: new Histogram({
      ...{ name: "rungs_index_rebuild_seconds", help: "Time that a rank index took to be built", registers },
      buckets: rebuildSeconds,
    }),
    rebuildsRunning: new Gauge({ name: "rungs_index_rebuilds_running", help: "Rebuilds under way", registers }),
  };
}

function collectErrors(registers: Registry[], { storageErrors, health }: StoreSources): void {
  new Counter({
    name: "rungs_storage_errors_total",
    help: "Failures of Postgres and of the rank index, by what failed with them",
    labelNames: ["component", "kind"],
    registers,
    collect() {
      this.reset();
      for (const { component, kind, count } of storageErrors()) this.inc({ component, kind }, count);
    },
  });
  new Gauge({
    name: "rungs_health",
    help: "1 for the status that /readyz gives, 0 for the others",
    labelNames: ["status"],
    registers,
    async collect() {
      const { status } = await health();
      for (const one of ["ready", "degraded", "unavailable"]) this.set({ status: one }, one === status ? 1 : 0);
    },
  });
}

function collectIndexes(registers: Registry[], { staleAnswers, indexesBehind }: StoreSources): void {
  new Counter({
    name: "rungs_stale_answers_total",
    help: "Polls, players and stream updates answered as stale",
    registers,
    collect() {
      this.reset();
      this.inc(staleAnswers.count);
    },
  });
  new Gauge({
    name: "rungs_stale_boards",
    help: "Boards answered as stale within the last 15 seconds, 1,000 at most",
    registers,
    collect() {
      this.set(staleAnswers.boards(staleMs));
    },
  });
  new Gauge({
    name: "rungs_index_behind_boards",
    help: "Boards whose rank index lacks changes that this instance has seen committed",
    registers,
    collect() {
      this.set(indexesBehind());
    },
  });
}

/** Without a value while Postgres does not answer. */
function collectBacklog(registers: Registry[], { backlog }: StoreSources): void {
  new Gauge({
    name: "rungs_outbox_rows",
    help: "Changes that are committed and not confirmed by the rank index yet, of all instances",
    registers,
    async collect() {
      const read = await backlog();
      this.remove();
      if (read) this.set(read.rows);
    },
  });
  new Gauge({
    name: "rungs_outbox_oldest_seconds",
    help: "How long the oldest of them has waited",
    registers,
    async collect() {
      const read = await backlog();
      this.remove();
      if (read) this.set(read.ageSeconds);
    },
  });
}
