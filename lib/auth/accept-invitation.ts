import { type Database, withDeadline } from "@/db/client";
import { findOpenInvitation, useInvitation } from "@/db/queries/invitations";
import { hasOrganizer, insertOrganizer, lockFirstOrganizer, type NewOrganizer } from "@/db/queries/organizers";
import type { AcceptInvitationInput, OrganizerView } from "@/lib/domain/access";
import { RungsError } from "@/lib/domain/errors";
import type { Logger } from "@/lib/logger";
import type { OrganizerAuth } from "./organizer-auth";
import { randomBase62, sha256 } from "./tokens";

interface AcceptServices {
  database: Database;
  organizerAuth: OrganizerAuth;
  logger: Logger;
}

interface Joined {
  organizer: OrganizerView;
  /** `Set-Cookie` lines; none when the account stands but signing in failed, which the sign-in page then makes up for. */
  cookies: string[];
}

const idLength = 32;

/**
 * Makes an organizer's account and uses the link up, both or neither: of two people with one link one gets in, and an
 * address that is taken leaves the link good. Throws `invitation-invalid`, `invalid-request` or
 * `too-many-requests`.
 */
export function acceptInvitation(
  services: AcceptServices,
  input: AcceptInvitationInput,
  headers: Headers,
): Promise<Joined> {
  return services.organizerAuth.join(headers, () => acceptNow(services, input, headers));
}

async function acceptNow(
  { database, organizerAuth, logger }: AcceptServices,
  { token, name, email, password }: AcceptInvitationInput,
  headers: Headers,
): Promise<Joined> {
  const tokenHash = sha256(token);
  // Looked at before as well, so that a worthless link does not cost the hashing of a password.
  if (!(await withDeadline(findOpenInvitation(database.db, tokenHash)))) throw invalid();
  const id = randomBase62(idLength);
  const passwordHash = await organizerAuth.hashPassword(password);
  await withDeadline(join(database, tokenHash, { id, accountId: randomBase62(idLength), name, email, passwordHash }));
  const { cookies } = await organizerAuth.openSession({ email, password }, headers).catch((error: unknown) => {
    logger.warn({ err: error }, "a new organizer could not be signed in at once");
    return { cookies: [] };
  });
  return { organizer: { id, name, email }, cookies };
}

function join({ db }: Database, tokenHash: string, organizer: NewOrganizer): Promise<void> {
  return db.transaction(async (tx) => {
    const kind = await findOpenInvitation(tx, tokenHash);
    if (kind === "first") {
      await lockFirstOrganizer(tx);
      if (await hasOrganizer(tx)) throw invalid();
    }
    if (!(await useInvitation(tx, tokenHash))) throw invalid();
    if (await insertOrganizer(tx, organizer)) return;
    const detail = "belongs to an organizer already";
    throw new RungsError("invalid-request", `The email address ${detail}.`, {
      errors: [{ pointer: "/email", detail }],
    });
  });
}

function invalid(): RungsError {
  return new RungsError("invitation-invalid", "The link was used, has expired, or never was good. Ask for a new one.");
}
