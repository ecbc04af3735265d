import { type Database, withDeadline } from "@/db/client";
import { deleteUnusedFirstInvitations } from "@/db/queries/invitations";
import { hasOrganizer, lockFirstOrganizer } from "@/db/queries/organizers";
import type { Env } from "@/lib/env";
import { makeLink } from "./invitations";

/**
 * The one-time link with which the first organizer sets up an account, good for a day; null when there is one already.
 * Each new link makes those before it worthless.
 */
export function createFirstOrganizerLink(services: {
  database: Database;
  env: Pick<Env, "publicUrl">;
}): Promise<string | null> {
  const link = services.database.db.transaction(async (tx) => {
    await lockFirstOrganizer(tx);
    if (await hasOrganizer(tx)) return null;
    await deleteUnusedFirstInvitations(tx);
    const { url } = await makeLink(tx, services.env.publicUrl, { kind: "first", invitedBy: null });
    return url;
  });
  return withDeadline(link);
}
