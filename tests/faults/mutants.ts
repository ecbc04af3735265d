import type { Mutant, Patch } from "./mutant";
import { pageMutants } from "./page-mutants";

/** An index that lacks changes answers as if it had them, whoever noticed that it does. */
const noStaleMark: readonly Patch[] = [
  {
    file: "lib/leaderboard/index-lag.ts",
    find: "if (through < required) return true;",
    replace: "",
  },
];

/** An index of a board that Postgres lacks is passed over. */
const noEndOfBoards: Patch = {
  file: "lib/leaderboard/audit-indexes.ts",
  find: "for (const uid of before.keys()) if (!logs.has(uid)) await dropOrphan(context, uid);",
  replace: "",
};

/** No instance takes notice of those on another database with the same keys. */
const noRegistry: readonly Patch[] = [
  {
    file: "lib/redis/instance-registry.ts",
    find: "beat - since >= renewalsMin",
    replace: "false",
  },
  {
    file: "lib/redis/instance-registry.ts",
    find: "this.#admitted ||= strangers.size === 0;",
    replace: "this.#admitted = true;",
  },
];

export const mutants: readonly Mutant[] = [
  {
    name: "no canary",
    fault: "subscription silent",
    patches: [
      {
        file: "lib/redis/change-feed.ts",
        find: "after(canaryWaitMs, () => replace(missing));",
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
        find: "found.created_at > now() - interval '24 hours'",
        replace: "found.created_at > now()",
      },
    ],
  },
  {
    name: "idempotency by API key",
    fault: "api key rotated",
    patches: [
      {
        file: "lib/http/post-scores.ts",
        find: "readIdempotency(idempotencyKey, items, options)",
        replace: 'readIdempotency(idempotencyKey + (post.header("authorization") ?? ""), items, options)',
      },
    ],
  },
  {
    name: "no look back",
    fault: "redis from an old dump",
    patches: [
      {
        file: "lib/leaderboard/audit-indexes.ts",
        find: 'return lost(late) && (await isSo(context, uid, lost)) ? "lost" : null;',
        replace: "return null;",
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
      // Else indexes are compared by their numbers before the post that covers the lost ones.
      {
        file: "lib/live/index-verifier.ts",
        find: "return this.#verified.get(uid)?.connectionsLost === this.#source.connectionsLost();",
        replace: "return true;",
      },
    ],
  },
  {
    name: "no comparison after lost connections",
    fault: "postgres failed over out of reach",
    patches: [
      {
        file: "lib/live/index-verifier.ts",
        find: "return this.#verified.get(uid)?.connectionsLost === this.#source.connectionsLost();",
        replace: "return this.#verified.get(uid) !== undefined;",
      },
    ],
  },
  {
    name: "no foreign verdict of the audit",
    fault: "postgres failed over in silence",
    patches: [
      {
        file: "lib/domain/board-log.ts",
        find: `  if (index.through > log.lastChange || index.digest !== log.digest) return "foreign";
`,
        replace: "",
      },
    ],
  },
  {
    name: "no comparison of histories",
    fault: "postgres failed over",
    patches: [
      {
        file: "db/queries/events.ts",
        find: "if (after && !isOf(rows.shift(), after)) throw new OtherHistoryError();",
        replace: "if (after) rows.shift();",
      },
    ],
  },
  {
    name: "no end of lost boards",
    fault: "postgres failed over",
    patches: [noEndOfBoards],
  },
  {
    name: "no end of deleted boards",
    fault: "redis read-only",
    patches: [noEndOfBoards],
  },
  {
    name: "no count in the audit",
    fault: "index entries lost",
    patches: [
      {
        file: "lib/domain/board-log.ts",
        find: 'return index.total === log.players && index.seqSum === log.seqSum ? "same" : "wrong";',
        replace: 'return "same";',
      },
    ],
  },
  {
    name: "no count before the swap",
    fault: "keys evicted during a rebuild",
    patches: [
      {
        file: "lib/rank-index/redis-scripts.ts",
        find: "if not complete or redis.call('ZCARD', KEYS[8]) ~= tonumber(ARGV[13]) then return giveUp({}) end",
        replace: "",
      },
    ],
  },
  {
    name: "no check for lost keys",
    fault: "keys evicted",
    patches: [
      {
        file: "lib/rank-index/redis-scripts.ts",
        find: `  if redis.call('ZCARD', z) ~= total or redis.call('HLEN', h) ~= total then return false end
  if style == 'dense' and (redis.call('EXISTS', g) == 1) ~= (total > 0) then return false end
`,
        replace: "",
      },
    ],
  },
  { name: "no stale mark (full)", fault: "redis full", patches: noStaleMark },
  { name: "no stale mark (read-only)", fault: "redis read-only", patches: noStaleMark },
  {
    name: "slots not asked again",
    fault: "redis cluster node lost",
    patches: [
      {
        file: "lib/redis/tcp-cluster.ts",
        find: "refresh().catch(() => undefined);",
        replace: "",
      },
    ],
  },
  {
    name: "no database in the keyspace",
    fault: "database copied",
    patches: [
      {
        file: "db/keyspace.ts",
        find: "update(identity)",
        replace: 'update("")',
      },
      ...noRegistry,
    ],
  },
  { name: "no registry of instances", fault: "database copied physically", patches: noRegistry },
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
  ...pageMutants,
];
