/**
 * The truth. Everything in Redis and in memory can be rebuilt from these tables.
 * Scores are scaled whole numbers (see lib/domain/decimal.ts); t1..t4 are the tiebreaks a board has, else null.
 * Rows of a board carry no foreign key: every writer locks the board's row first, and a check per row would cost more.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { Tiebreak } from "@/lib/domain/board";
import type { MomentData } from "@/lib/domain/moments";

const scaled = (name: string) => bigint(name, { mode: "number" });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** One row: names this installation, so that several can share a Redis without meeting. */
export const installation = pgTable("installation", {
  only: boolean("only").primaryKey().default(true),
  id: text("id").notNull(),
});

export const boards = pgTable("boards", {
  /** Random, so that a database restored from a backup does not use again the uid of a board it lost. */
  uid: integer("uid").primaryKey().default(sql`floor(random() * 2147483647)::int4 + 1`),
  id: text("id").notNull().unique(),
  name: text("name").notNull(),
  order: text("sort_order", { enum: ["desc", "asc"] }).notNull(),
  operator: text("operator", { enum: ["best", "set", "incr"] }).notNull(),
  decimals: smallint("decimals").notNull(),
  tiebreaks: jsonb("tiebreaks").$type<Tiebreak[]>().notNull(),
  rankStyle: text("rank_style", { enum: ["competition", "dense", "ordinal"] }).notNull(),
  delivery: text("delivery", { enum: ["polling", "sse"] }).notNull(),
  /** Sites that may show the board in a frame; see lib/domain/embed-hosts.ts. */
  embedHosts: text("embed_hosts").array().notNull().default([]),
  revision: integer("revision").notNull().default(1),
  /** Number of the last score event or rename. Taken under this row's lock, so its order is the commit order. */
  seq: scaled("seq").notNull().default(0),
  /** Number of the last event or rename that changed a standing. */
  lastChange: scaled("last_change").notNull().default(0),
  /** Names the board's log up to `lastChange`; see lib/leaderboard/log-digest.ts. Random for a board without changes. */
  digest: text("digest").notNull().default(sql`replace(gen_random_uuid()::text, '-', '')`),
  /** Rows in `standings`. */
  players: integer("players").notNull().default(0),
  /** Sum of `standings.seq`, modulo `seqSumModulus`: the rank index keeps the same sum of its own entries. */
  seqSum: scaled("seq_sum").notNull().default(0),
  createdAt: moment("created_at").notNull().defaultNow(),
  updatedAt: moment("updated_at").notNull().defaultNow(),
});

/** Boards that are gone, whose scores, standings, replies and inboxes are still to be erased; see db/queries/clean-up.ts. */
export const deletedBoards = pgTable("deleted_boards", {
  uid: integer("uid").primaryKey(),
});

/** Every accepted score as it was posted, in commit order; rows are never changed. A rename takes a number and has no row. */
export const scoreEvents = pgTable(
  "score_events",
  {
    boardUid: integer("board_uid").notNull(),
    seq: scaled("seq").notNull(),
    player: text("player").notNull(),
    score: scaled("score").notNull(),
    t1: scaled("t1"),
    t2: scaled("t2"),
    t3: scaled("t3"),
    t4: scaled("t4"),
    /** Whether it changed the player's values. */
    applied: boolean("applied").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.boardUid, table.seq] })],
);

/** Each player's present values. */
export const standings = pgTable(
  "standings",
  {
    boardUid: integer("board_uid").notNull(),
    player: text("player").notNull(),
    name: text("name").notNull(),
    score: scaled("score").notNull(),
    t1: scaled("t1"),
    t2: scaled("t2"),
    t3: scaled("t3"),
    t4: scaled("t4"),
    /** The event that reached the present values; ties rank by it. */
    reached: scaled("reached").notNull(),
    /** Number of the last event or rename that changed anything; fences the index against old news. */
    seq: scaled("seq").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.boardUid, table.player] }),
    // For search by prefix. No column in them changes with a score, so that scores stay HOT updates.
    index("standings_search_name").on(table.boardUid, sql`lower("name") text_pattern_ops`),
    index("standings_search_player").on(table.boardUid, sql`lower("player") text_pattern_ops`),
    index("standings_search_later_word")
      .on(table.boardUid, sql`lower(substr("name", strpos("name", ' ') + 1)) text_pattern_ops`)
      .where(sql`strpos("name", ' ') > 0`),
  ],
);

/**
 * What the rank index has yet to hear: committed with the scores, deleted once the index has them.
 * No foreign key on purpose: a deleted board's row tells the index to drop it.
 */
export const indexOutbox = pgTable(
  "index_outbox",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    boardUid: integer("board_uid").notNull(),
    /** Players whose standing changed; empty when only the board itself did. */
    players: text("players").array().notNull(),
    /** The row tells of all changes after one event and up to another; null when only the board itself changed. */
    after: scaled("after_seq"),
    through: scaled("through_seq"),
    /** The log's digest at `after` and at `through`. */
    afterDigest: text("after_digest"),
    digest: text("digest"),
    createdAt: moment("created_at").notNull().defaultNow(),
    /** Nobody else takes the row before this; moved on by every attempt. */
    leasedUntil: moment("leased_until").notNull(),
    attempts: integer("attempts").notNull().default(0),
  },
  (table) => [index("index_outbox_leased_until").on(table.leasedUntil)],
);

/** Replies kept for 24 hours by board and `Idempotency-Key`, committed together with their scores. */
export const idempotencyReplies = pgTable(
  "idempotency_replies",
  {
    boardUid: integer("board_uid").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of what the scores mean, hex; empty in a row from a release that compared bytes. */
    fingerprint: text("fingerprint").notNull(),
    reply: text("reply").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.boardUid, table.key] }),
    index("idempotency_replies_created_at").on(table.createdAt),
  ],
);

export const apiKeys = pgTable("api_keys", {
  /** The public part of the key, `<prefix>_<id>_<secret>`. */
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  /** SHA-256 of the secret, hex. The secret itself is shown once and never stored. */
  secretHash: text("secret_hash").notNull(),
  scopes: text("scopes").array().notNull(),
  /** Board ids the key is good for; null means all. */
  boards: text("boards").array(),
  createdAt: moment("created_at").notNull().defaultNow(),
  lastUsedAt: moment("last_used_at"),
  revokedAt: moment("revoked_at"),
});

/** One-time links: the first organizer's, and invitations. Only the token's SHA-256 is stored. */
export const invitations = pgTable("invitations", {
  tokenHash: text("token_hash").primaryKey(),
  kind: text("kind", { enum: ["first", "invite"] }).notNull(),
  invitedBy: text("invited_by"),
  createdAt: moment("created_at").notNull().defaultNow(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
});

/** Players whose backend has asked for a token: what befalls them on these boards is kept in their inbox. */
export const watchedPlayers = pgTable(
  "watched_players",
  {
    /** A board's id, also of one still to come; `*` means all. */
    board: text("board").notNull(),
    player: text("player").notNull(),
    renewedAt: moment("renewed_at").notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.board, table.player] }),
    index("watched_players_renewed_at").on(table.board, table.renewedAt),
  ],
);

/** The position of the rank index up to which a board's watched players have been judged. */
export const inboxBoards = pgTable("inbox_boards", {
  boardUid: integer("board_uid").primaryKey(),
  epoch: text("epoch").notNull(),
  version: scaled("version").notNull(),
  /** Number of an event; the index that was judged by had heard of every change up to it. */
  through: scaled("through").notNull().default(0),
  /** Grows with every judgement; whoever judged from an older one writes nothing. */
  round: scaled("round").notNull().default(1),
});

/** Where a watched player stood when last judged. Moved in the transaction that inserts what came of it. */
export const inboxMarks = pgTable(
  "inbox_marks",
  {
    boardUid: integer("board_uid").notNull(),
    player: text("player").notNull(),
    rankStyle: text("rank_style", { enum: ["competition", "dense", "ordinal"] }).notNull(),
    rank: scaled("rank").notNull(),
    position: scaled("position").notNull(),
    reached: scaled("reached").notNull(),
    /** The nearest players ahead, nearest first. */
    ahead: text("ahead").array().notNull(),
    /** Values of the last of them; null when nobody is further ahead. */
    edge: bigint("edge", { mode: "number" }).array(),
  },
  (table) => [primaryKey({ columns: [table.boardUid, table.player] })],
);

/** What a watched player must not miss, until acknowledged. Ids grow with the order of events on a board. */
export const inboxItems = pgTable(
  "inbox_items",
  {
    id: bigserial("id", { mode: "number" }).primaryKey(),
    boardUid: integer("board_uid").notNull(),
    player: text("player").notNull(),
    kind: text("kind", { enum: ["passed", "entered-top", "left-top", "first"] }).notNull(),
    data: jsonb("data").$type<MomentData>().notNull(),
    /** The position of the rank index it was seen at: `<epoch>-<version>`. */
    position: text("position").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
    acknowledgedAt: moment("acknowledged_at"),
  },
  (table) => [
    index("inbox_items_owner").on(table.boardUid, table.player, table.id),
    index("inbox_items_created_at").on(table.createdAt),
    index("inbox_items_acknowledged_at").on(table.acknowledgedAt),
  ],
);

/** Instances that run, each with a row that it renews; see db/instance-lease.ts. */
export const instanceLeases = pgTable("instance_leases", {
  id: text("id").primaryKey(),
  /** No other instance may be there. */
  alone: boolean("alone").notNull(),
  expiresAt: moment("expires_at").notNull(),
});
