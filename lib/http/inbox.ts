/** Parameters of the routes that read and acknowledge an inbox. */
import { z } from "zod";
import { playerId } from "@/lib/domain/text";
import { whole } from "./parse";

const idMax = 9_999_999_999;

export const inboxPath = z.object({ player: playerId });
export const inboxQuery = z.object({
  after: whole(0, idMax, 0).meta({ description: "Items with a higher id" }),
  limit: whole(1, 200, 50),
});
