import { and, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { organizers } from "@/db/auth-schema";
import type { Queryable, Transaction } from "@/db/client";
import { invitations } from "@/db/schema";
import type { InvitationView } from "@/lib/domain/access";

export type InvitationKind = InvitationView["kind"];

const listedMax = 200;
const open = and(isNull(invitations.usedAt), gt(invitations.expiresAt, sql`now()`));

export async function insertInvitation(
  db: Queryable,
  invitation: { tokenHash: string; kind: InvitationKind; invitedBy: string | null; lifeHours: number },
): Promise<{ expiresAt: Date }> {
  const { lifeHours, ...row } = invitation;
  const expiresAt = sql`now() + make_interval(hours => ${lifeHours})`;
  const [inserted] = await db
    .insert(invitations)
    .values({ ...row, expiresAt })
    .returning({ expiresAt: invitations.expiresAt });
  if (!inserted) throw new Error("the new invitation was not returned");
  return inserted;
}

/** Its kind, or null when the link was used, has expired or never was. */
export async function findOpenInvitation(db: Queryable, tokenHash: string): Promise<InvitationKind | null> {
  const [row] = await db
    .select({ kind: invitations.kind })
    .from(invitations)
    .where(and(eq(invitations.tokenHash, tokenHash), open));
  return row?.kind ?? null;
}

/** Uses the link up. False when it is not open (any more); of two transactions on one link exactly one gets true. */
export async function useInvitation(tx: Transaction, tokenHash: string): Promise<boolean> {
  const rows = await tx
    .update(invitations)
    .set({ usedAt: sql`now()` })
    .where(and(eq(invitations.tokenHash, tokenHash), open))
    .returning({ tokenHash: invitations.tokenHash });
  return rows.length > 0;
}

/** Open links, newest first. Their tokens are not known. */
export async function listOpenInvitations(db: Queryable): Promise<InvitationView[]> {
  const rows = await db
    .select({
      kind: invitations.kind,
      invitedBy: organizers.name,
      createdAt: invitations.createdAt,
      expiresAt: invitations.expiresAt,
    })
    .from(invitations)
    .leftJoin(organizers, eq(organizers.id, invitations.invitedBy))
    .where(open)
    .orderBy(desc(invitations.createdAt), invitations.tokenHash)
    .limit(listedMax);
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  }));
}

export async function deleteUnusedFirstInvitations(tx: Transaction): Promise<void> {
  await tx.delete(invitations).where(and(eq(invitations.kind, "first"), isNull(invitations.usedAt)));
}
