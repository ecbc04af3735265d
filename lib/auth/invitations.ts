/** One-time links by which organizers join. Whoever holds the link may use it; only its hash is kept. */
import { randomBytes } from "node:crypto";
import { type Database, type Queryable, withDeadline } from "@/db/client";
import { type InvitationKind, insertInvitation, listOpenInvitations } from "@/db/queries/invitations";
import type { CreatedInvitationView, InvitationView, OrganizerView } from "@/lib/domain/access";
import type { Env } from "@/lib/env";
import { sha256 } from "./tokens";

interface InvitationServices {
  database: Database;
  env: Pick<Env, "publicUrl">;
}

const lifeHours = { first: 24, invite: 7 * 24 } satisfies Record<InvitationKind, number>;
const tokenBytes = 32;

export function createInvitation(
  services: InvitationServices,
  organizer: OrganizerView,
): Promise<CreatedInvitationView> {
  const { db } = services.database;
  return withDeadline(makeLink(db, services.env.publicUrl, { kind: "invite", invitedBy: organizer.id }));
}

export function listInvitations(services: Pick<InvitationServices, "database">): Promise<InvitationView[]> {
  return withDeadline(listOpenInvitations(services.database.db));
}

/** A new link and the row that makes it good. */
export async function makeLink(
  db: Queryable,
  publicUrl: string,
  invitation: { kind: InvitationKind; invitedBy: string | null },
): Promise<CreatedInvitationView> {
  const token = randomBytes(tokenBytes).toString("base64url");
  const { expiresAt } = await insertInvitation(db, {
    ...invitation,
    tokenHash: sha256(token),
    lifeHours: lifeHours[invitation.kind],
  });
  // Behind #, which browsers send to nobody: no server and no proxy has the token in its log.
  return { url: `${publicUrl}/join#token=${token}`, expiresAt: expiresAt.toISOString() };
}
