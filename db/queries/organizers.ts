import { lt, sql } from "drizzle-orm";
import { organizerAccounts, organizerSessions, organizers } from "@/db/auth-schema";
import type { Queryable, Transaction } from "@/db/client";

export interface NewOrganizer {
  id: string;
  accountId: string;
  name: string;
  /** In lower case. */
  email: string;
  passwordHash: string;
}

export async function hasOrganizer(db: Queryable): Promise<boolean> {
  const rows = await db.select({ id: organizers.id }).from(organizers).limit(1);
  return rows.length > 0;
}

/** Makes every transaction that decides about the first organizer wait for the one before. */
export async function lockFirstOrganizer(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('rungs.first-organizer', 0))`);
}

/** With a password as the way to sign in, in the form better-auth expects. False when the email address is taken. */
export async function insertOrganizer(tx: Transaction, organizer: NewOrganizer): Promise<boolean> {
  const { id, name, email, passwordHash } = organizer;
  const rows = await tx
    .insert(organizers)
    .values({ id, name, email })
    .onConflictDoNothing({ target: organizers.email })
    .returning({ id: organizers.id });
  if (rows.length === 0) return false;
  await tx
    .insert(organizerAccounts)
    .values({ id: organizer.accountId, accountId: id, providerId: "credential", userId: id, password: passwordHash });
  return true;
}

export async function deleteExpiredSessions(db: Queryable): Promise<void> {
  await db.delete(organizerSessions).where(lt(organizerSessions.expiresAt, sql`now()`));
}
