/** Rungs with one safeguard less each, and the fault that has to bring that to light. */
export interface Mutant {
  name: string;
  fault: string;
  /** What is taken out of the source while it is bundled. */
  patch?: { file: string; find: string; replace: string };
  /** Taken out of the viewers of the runner instead. */
  viewer?: "no gap check";
}

export const mutants: readonly Mutant[] = [
  {
    name: "no canary",
    fault: "subscription silent",
    patch: {
      file: "lib/redis/change-feed.ts",
      find: 'after(canaryWaitMs, () => replace("a canary did not come back"));',
      replace: "clearTimeout(timer);",
    },
  },
  {
    name: "no comparison every 5 s",
    fault: "messages lost",
    patch: {
      file: "lib/live/hub.ts",
      find: "this.#timers.push(setInterval(() => this.compareAll(), this.#options.compareMs));",
      replace: "",
    },
  },
  {
    name: "no outbox sweep",
    fault: "redis refused",
    patch: {
      file: "lib/services.ts",
      find: "const sweeper = background ? new Sweeper(context) : null;",
      replace: "const sweeper = null as Sweeper | null;",
    },
  },
  {
    name: "no sequence guard",
    fault: "redis late for one",
    patch: {
      file: "lib/rank-index/redis-scripts.ts",
      find: "if old and not newer(value, old) then return false, false end",
      replace: "",
    },
  },
  {
    name: "no new epoch",
    fault: "flushall",
    patch: {
      file: "lib/rank-index/redis-rebuild.ts",
      find: "const epoch = newEpoch();",
      replace: 'const epoch = "e1";',
    },
  },
  {
    name: "no idempotency lookup",
    fault: "answers lost",
    patch: {
      file: "db/queries/scores.ts",
      find: "if (wanted.length === 0) return [];",
      replace: "if (wanted.length >= 0) return [];",
    },
  },
  { name: "no gap check", fault: "events lost", viewer: "no gap check" },
];
