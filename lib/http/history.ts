/** Parameters of the routes that look back. */
import { z } from "zod";
import { racersMax } from "@/lib/domain/history";
import { playerId } from "@/lib/domain/text";
import { eventsMax } from "@/lib/history/read-events";
import { whole, wholeNumber } from "./parse";

const seqMax = 9_999_999_999;

export const historyPath = z.object({ player: playerId });

export const eventsQuery = z.object({
  before: wholeNumber(1, seqMax)
    .optional()
    .meta({ description: "Events with a lower `seq`; `next` of the page before" }),
  limit: whole(1, eventsMax, 50),
});

export const momentQuery = z
  .object({
    time: z.iso
      .datetime({ offset: true, message: "must be a moment such as 2024-05-01T12:00:00Z" })
      .optional()
      .meta({ description: "The board as it stood then" }),
    seq: wholeNumber(0, seqMax).optional().meta({ description: "The board after the event of this number" }),
    limit: whole(1, 1_000, 100),
  })
  .refine(({ time, seq }) => time === undefined || seq === undefined, {
    path: ["seq"],
    message: "or time may be given, not both",
  });

export const raceQuery = z.object({
  top: whole(1, racersMax, 10).meta({ description: "How many of those who lead now" }),
});
