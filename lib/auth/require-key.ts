import type { ApiScope } from "@/lib/domain/access";
import { RungsError } from "@/lib/domain/errors";
import type { ApiKeys, VerifiedKey } from "./api-keys";

/**
 * The API key of an `Authorization` header, if it is in force, has the scope and is good for the board (null: no board in question).
 * Requests with unknown keys are limited by the client's address.
 * Throws `unauthorized` or `forbidden`. Cookies play no part.
 */
export async function requireKey(
  services: { apiKeys: ApiKeys },
  authorization: string | null,
  scope: ApiScope,
  boardId: string | null,
  address: string | null,
): Promise<VerifiedKey> {
  if (authorization === null) throw new RungsError("unauthorized", "Send an API key: Authorization: Bearer rungs_...");
  // A header sent twice arrives joined by a comma, which the pattern does not match.
  const token = /^bearer +([\w-]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new RungsError("unauthorized", "The Authorization header is not `Bearer <API key>`.");
  const key = await services.apiKeys.verify(token, address);
  if (!key) throw new RungsError("unauthorized", "The API key is not valid, or was revoked.");
  if (!key.scopes.includes(scope)) throw new RungsError("forbidden", `The API key lacks the scope ${scope}.`);
  if (boardId !== null) requireBoard(key, boardId);
  return key;
}

export function requireBoard(key: VerifiedKey, boardId: string): void {
  if (key.boards && !key.boards.includes(boardId)) {
    throw new RungsError("forbidden", `The API key is not good for the board ${boardId}.`);
  }
}
