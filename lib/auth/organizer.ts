/** Who is asking, and may they. Every handler that changes something calls one of these. */
import type { OrganizerView } from "@/lib/domain/access";
import { RungsError } from "@/lib/domain/errors";
import type { Env } from "@/lib/env";
import type { ApiKeys, VerifiedKey } from "./api-keys";
import { clientAddress } from "./client-address";
import type { OrganizerAuth } from "./organizer-auth";
import { requireBoard, requireKey } from "./require-key";
import { requireSameOrigin } from "./same-origin";

interface OrganizerServices {
  env: Pick<Env, "publicUrl">;
  organizerAuth: OrganizerAuth;
}

/** Whoever may manage boards. */
export type Manager = { kind: "organizer"; organizer: OrganizerView } | { kind: "key"; key: VerifiedKey };

/** The signed-in organizer, or null. For pages and other reads only: it does not look where the request came from. */
export function readOrganizer(
  services: Pick<OrganizerServices, "organizerAuth">,
  headers: Headers,
): Promise<OrganizerView | null> {
  return services.organizerAuth.read(headers);
}

/** The signed-in organizer. Throws `forbidden` for a request from elsewhere, `unauthorized` without a session. */
export async function requireOrganizer(services: OrganizerServices, request: Request): Promise<OrganizerView> {
  requireSameOrigin(request, services.env.publicUrl);
  const organizer = await services.organizerAuth.read(request.headers);
  if (!organizer) throw new RungsError("unauthorized", "Sign in first.");
  return organizer;
}

/**
 * A signed-in organizer, or a key with `boards:manage` that is good for the board. A request that carries a key is
 * judged by it alone. Pass null where the board is not known yet, and `requireManagedBoard` once it is.
 */
export async function requireManager(
  services: OrganizerServices & { apiKeys: ApiKeys },
  request: Request,
  boardId: string | null,
): Promise<Manager> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const address = clientAddress(request.headers);
    return { kind: "key", key: await requireKey(services, authorization, "boards:manage", boardId, address) };
  }
  // No page of another origin needs guarding against where there is nothing to act with.
  if (!request.headers.has("cookie")) {
    throw new RungsError("unauthorized", "Sign in, or send an API key as Authorization: Bearer.");
  }
  return { kind: "organizer", organizer: await requireOrganizer(services, request) };
}

/** Throws `forbidden` when the manager is a key that is not good for the board. */
export function requireManagedBoard(manager: Manager, boardId: string): void {
  if (manager.kind === "key") requireBoard(manager.key, boardId);
}
