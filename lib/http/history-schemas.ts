/** The shapes of replies about what has been, for the OpenAPI document; held to the types that the code uses. */
import { z } from "zod";
import type { PastBoard, PlayerEvents, PlayerHistory, Race, Timeline } from "@/lib/domain/history";
import { boardReplySchema, entrySchema } from "./reply-schemas";

const complete = z.boolean().meta({
  description: "False for a board so long that its beginning is no longer looked at: what is told begins later",
});
const at = z.iso.datetime();
const values = { score: z.number(), tiebreaks: z.array(z.number().nullable()) };
const points = (description: string) => z.array(z.tuple([z.int(), z.number()])).meta({ description });

export const eventsSchema = z
  .object({
    player: z.string(),
    events: z.array(
      z.object({
        seq: z.int().meta({ description: "Number of the event on the board" }),
        at,
        ...values,
        applied: z.boolean().meta({ description: "Whether it changed the player's standing" }),
        after: z.object(values).meta({ description: "The player's standing after it" }),
      }),
    ),
    next: z.int().nullable().meta({ description: "To be given as before for older ones; null when there are none" }),
    complete,
  })
  .meta({ id: "PlayerEvents" }) satisfies z.ZodType<PlayerEvents>;

export const historySchema = z
  .object({
    player: z.string(),
    points: points("Milliseconds since 1970 and the score from then on; thinned out to 500"),
    ranks: points(
      "Milliseconds since 1970 and the rank then, at up to 60 moments; null for a board too large",
    ).nullable(),
    complete,
  })
  .meta({ id: "PlayerHistory" }) satisfies z.ZodType<PlayerHistory>;

export const pastBoardSchema = z
  .object({
    board: boardReplySchema,
    at: at.nullable().meta({ description: "When the last event happened; null before the first" }),
    seq: z.int().meta({ description: "Number of the last event; 0 before the first" }),
    total: z.int(),
    entries: z.array(entrySchema).meta({ description: "Under the names and the rank style of today" }),
  })
  .meta({ id: "PastBoard" }) satisfies z.ZodType<PastBoard>;

export const timelineSchema = z
  .object({
    from: at.nullable(),
    to: at.nullable(),
    events: z.int(),
    seq: z.int().meta({ description: "Number of the last event" }),
    marks: points("Milliseconds since 1970 and the event's number, up to 200, with as many events between each two"),
    complete,
  })
  .meta({ id: "Timeline" }) satisfies z.ZodType<Timeline>;

export const raceSchema = z
  .object({
    epoch: z.string(),
    version: z.int(),
    players: z.array(
      z.object({
        player: z.string(),
        name: z.string(),
        points: points("Milliseconds since 1970 and the score from then on; thinned out to 300"),
      }),
    ),
    complete,
  })
  .meta({ id: "Race" }) satisfies z.ZodType<Race>;
