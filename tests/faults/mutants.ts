/** A piece of a source file that is there exactly once, and what takes its place. */
export interface Patch {
  file: string;
  find: string;
  replace: string;
}

/** Rungs with one safeguard less each, and the fault that has to bring that to light. */
export interface Mutant {
  name: string;
  fault: string;
  /** What is taken out of the source while it is bundled; one for each file. */
  patches?: readonly Patch[];
  /** Taken out of the viewers of the runner instead. */
  viewer?: "no gap check";
}

export const mutants: readonly Mutant[] = [
  {
    name: "no canary",
    fault: "subscription silent",
    patches: [
      {
        file: "lib/redis/change-feed.ts",
        find: 'after(canaryWaitMs, () => replace("a canary did not come back"));',
        replace: "clearTimeout(timer);",
      },
    ],
  },
  {
    name: "no comparison every 5 s",
    fault: "messages lost",
    patches: [
      {
        file: "lib/live/hub.ts",
        find: "this.#timers.push(setInterval(() => this.compareAll(), this.#options.compareMs));",
        replace: "",
      },
    ],
  },
  {
    name: "no outbox sweep",
    fault: "redis refused",
    patches: [
      {
        file: "lib/leaderboard/sweeper.ts",
        find: "const swept = await sweepOutbox(this.#context);",
        replace: "const swept = { cleared: 0, more: false };",
      },
    ],
  },
  {
    name: "no sequence guard",
    fault: "redis late for one",
    patches: [
      {
        file: "lib/rank-index/redis-scripts.ts",
        find: "if old and not newer(value, old) then return false, false end",
        replace: "",
      },
    ],
  },
  {
    name: "no new epoch",
    fault: "flushall",
    patches: [
      { file: "lib/rank-index/redis-rebuild.ts", find: "const epoch = newEpoch();", replace: 'const epoch = "e1";' },
    ],
  },
  {
    name: "no idempotency lookup",
    fault: "answers lost",
    patches: [
      {
        file: "db/queries/scores.ts",
        find: "r.created_at > now() - interval '24 hours'",
        replace: "r.created_at > now()",
      },
    ],
  },
  {
    name: "no look back",
    fault: "redis from an old dump",
    patches: [
      {
        file: "lib/leaderboard/sweeper.ts",
        find: "await auditIndexes(this.#context, this.#inUse());",
        replace: "",
      },
      {
        file: "lib/live/live-boards.ts",
        find: "if (now.epoch !== epoch || now.version >= version) return false;",
        replace: "if (now.epoch !== epoch || now.version >= 0) return false;",
      },
    ],
  },
  {
    name: "no digest of the log",
    fault: "postgres failed over",
    patches: [
      {
        file: "lib/rank-index/redis-scripts.ts",
        find: `  if tonumber(through) == tonumber(mark) then return digest == present and 'taken' or 'foreign' end
  while through do
    if tonumber(after) ~= tonumber(mark) or afterDigest ~= present then return 'foreign' end
`,
        replace: `  if tonumber(through) == tonumber(mark) then return 'taken' end
  while through do
`,
      },
      {
        file: "lib/domain/board-log.ts",
        find: `  if (index.through > log.lastChange || index.digest !== log.digest) return "foreign";
  return index.total === log.players && index.seqSum === log.seqSum ? "same" : "wrong";
`,
        replace: `  return index.through > log.lastChange ? "foreign" : "same";
`,
      },
    ],
  },
  {
    name: "marks not with items",
    fault: "keeper killed",
    patches: [
      {
        file: "lib/inbox/judge-board.ts",
        find: "judge(index, tx, board, batch)",
        replace: "judge(index, database.sql, board, batch)",
      },
    ],
  },
  { name: "no gap check", fault: "events lost", viewer: "no gap check" },
];
