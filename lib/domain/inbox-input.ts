/** What the routes of player tokens and inboxes accept and answer. */
import { z } from "zod";
import { type InboxItem, momentKinds } from "./moments";
import { playerId } from "./text";

const tokenLifeS = { min: 60, max: 2_592_000, default: 86_400 } as const;
const acknowledgedIdsMax = 200;

/** Body of `POST /api/v1/players/{player}/token`. */
export const mintTokenInput = z
  .strictObject({
    ttl: z
      .int()
      .min(tokenLifeS.min)
      .max(tokenLifeS.max)
      .default(tokenLifeS.default)
      .meta({ description: "Seconds that the token is good for" }),
  })
  .meta({ id: "MintPlayerToken" });

/** Body of `POST .../inbox/ack`. */
export const acknowledgeInput = z
  .strictObject({ ids: z.array(z.int().min(1)).min(1).max(acknowledgedIdsMax) })
  .meta({ id: "AcknowledgeInbox" });

export const playerTokenView = z
  .object({
    player: z.string(),
    token: z.string().meta({ description: "Starts with rungs_player_; shown once, kept nowhere" }),
    expiresAt: z.iso.datetime(),
    boards: z.array(z.string()).nullable().meta({ description: "Boards it is good for; null means all" }),
  })
  .meta({ id: "PlayerToken" });

const item = z
  .object({
    id: z.int().meta({ description: "Grows with the order of events on a board" }),
    board: z.string(),
    kind: z.enum(momentKinds),
    data: z.object({
      rank: z.int(),
      previousRank: z.int(),
      by: z
        .object({ player: playerId, name: z.string() })
        .nullable()
        .optional()
        .meta({ description: "For passed: the nearest who is ahead now and was not; null where that is not certain" }),
    }),
    at: z.iso.datetime().meta({ description: "When it was noticed" }),
    position: z.string().meta({ description: "The position it was seen at: <epoch>-<version>" }),
  })
  .meta({ id: "InboxItem" }) satisfies z.ZodType<Omit<InboxItem, "data">>;

export const unacknowledgedView = z.object({ unacknowledged: z.int() }).meta({ id: "Unacknowledged" });

export const inboxView = unacknowledgedView
  .extend({ items: z.array(item).meta({ description: "Unacknowledged, oldest first" }) })
  .meta({ id: "Inbox" });

export type PlayerTokenView = z.infer<typeof playerTokenView>;
