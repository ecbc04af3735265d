/** The shapes of replies, for the OpenAPI document; held to the types that the code uses. */
import { z } from "zod";
import { type BoardSettings, deliveries, operators, orders, rankStyles } from "@/lib/domain/board";
import type { BoardList, BoardSummary } from "@/lib/domain/board-list";
import type { PlayerSearch, PlayerStanding, Snapshot, SubmitReply } from "@/lib/domain/snapshot";

export const boardReplySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    order: z.enum(orders),
    operator: z.enum(operators),
    decimals: z.int(),
    tiebreaks: z.array(z.object({ name: z.string(), order: z.enum(orders) })),
    rankStyle: z.enum(rankStyles),
    delivery: z.enum(deliveries),
  })
  .meta({ id: "Board" });

export const boardSettingsSchema = boardReplySchema
  .extend({
    embedHosts: z.array(z.string()).meta({
      description: `Sites that may show the board in a frame: none, "*" for any, or hosts as browsers compare them`,
    }),
  })
  .meta({ id: "BoardSettings" }) satisfies z.ZodType<BoardSettings>;

export const entrySchema = z
  .object({
    rank: z.int().meta({ description: "May be shared, by the board's rank style" }),
    position: z.int().meta({ description: "Unique: 1, 2, 3, ..." }),
    player: z.string(),
    name: z.string(),
    score: z.number(),
    tiebreaks: z
      .array(z.number().nullable())
      .meta({ description: "In the board's order; null for one that was never posted, which ranks last" }),
  })
  .meta({ id: "Entry" });

const position = {
  epoch: z.string().meta({ description: "Changes when versions start again" }),
  version: z.int().meta({ description: "Grows with every visible change" }),
};
const stale = z.literal(true).optional().meta({ description: "Present while the rank index is away" });

export const snapshotSchema = z
  .object({
    board: boardReplySchema,
    ...position,
    asOf: z.iso.datetime(),
    total: z.int(),
    entries: z.array(entrySchema),
    stale,
  })
  .meta({ id: "Snapshot" }) satisfies z.ZodType<Omit<Snapshot, "stale">>;

const summarySchema = boardReplySchema
  .extend({
    total: z.int().meta({ description: "Players" }),
    changedAt: z.iso.datetime().nullable().meta({
      description: "When a score last changed a standing; after a player was renamed, when the last score before came",
    }),
    viewers: z.int().meta({ description: "How many watch it now, on all instances" }),
    leader: entrySchema
      .nullable()
      .meta({ description: "Null while there is none, or where it cannot be read at present" }),
    stale,
  })
  .meta({ id: "BoardSummary" }) satisfies z.ZodType<BoardSummary>;

export const boardListSchema = z
  .object({
    boards: z.array(summarySchema),
    total: z.int().meta({ description: "Of all pages together" }),
    next: z.string().nullable().meta({ description: "`after` of the next page; null on the last" }),
  })
  .meta({ id: "BoardList" }) satisfies z.ZodType<BoardList>;

export const playerSchema = z
  .object({
    ...position,
    total: z.int(),
    entry: entrySchema,
    percentile: z
      .number()
      .meta({ description: "Share of players level with or behind, in percent; the leader has 100" }),
    next: z.object({ player: z.string(), rank: z.int(), gap: z.number() }).nullable(),
    around: z.array(entrySchema),
    stale,
  })
  .meta({ id: "PlayerStanding" }) satisfies z.ZodType<Omit<PlayerStanding, "stale">>;

export const searchSchema = z
  .object({
    players: z.array(
      entrySchema.pick({ player: true, name: true, score: true, tiebreaks: true }).extend({
        rank: z.int().nullable().meta({ description: "Null where the rank index could not answer" }),
      }),
    ),
  })
  .meta({ id: "PlayerSearch" }) satisfies z.ZodType<PlayerSearch>;

export const submitReplySchema = z
  .object({
    board: z.string(),
    epoch: z.string().nullable(),
    version: z.int().nullable(),
    rejected: z
      .int()
      .optional()
      .meta({ description: "How many of the results are rejected; present when some are, and others were stored" }),
    results: z.array(
      z.object({
        player: z.string().nullable(),
        status: z.enum(["applied", "unchanged", "renamed", "rejected"]).meta({
          description:
            "`applied`: the score changed the standing; `renamed`: only the name changed; `unchanged`: neither did; `rejected`: not stored",
        }),
        score: z.number().nullable(),
        tiebreaks: z.array(z.number().nullable()).nullable(),
        rank: z.int().nullable().meta({ description: "Null where the rank index could not answer; the score is safe" }),
        previousRank: z.int().nullable(),
        error: z.object({ code: z.string(), detail: z.string() }).optional(),
      }),
    ),
  })
  .meta({ id: "SubmitReply" }) satisfies z.ZodType<Omit<SubmitReply, "results" | "rejected">>;

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    errors: z.array(
      z.object({
        pointer: z.string().meta({
          description:
            "A JSON pointer into the body, as `/scores/0/name`, or the name of a parameter or header, as `limit`",
        }),
        detail: z.string(),
      }),
    ),
    request_id: z.string().meta({ description: "As in the header X-Request-Id; log lines about the request carry it" }),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details" });
