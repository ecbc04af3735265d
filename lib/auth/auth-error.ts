import { isRungsError, RungsError } from "@/lib/domain/errors";
import type { StorageErrors } from "@/lib/storage-errors";

/** What went wrong inside better-auth, in the words of Rungs. It replies with an error, throws one, or times out. */
export async function translateAuthError(thrown: unknown, storageErrors: StorageErrors): Promise<RungsError> {
  if (isRungsError(thrown)) return thrown;
  const status = thrown instanceof Response ? thrown.status : (thrown as { statusCode?: unknown })?.statusCode;
  if (status === 401) return new RungsError("unauthorized", "The email address or the password is wrong.");
  const error = thrown instanceof Response ? new Error(`better-auth: ${status} ${await thrown.text()}`) : thrown;
  storageErrors.report({ component: "sign-in", error, consequence: "sign-in or session answered with 503" });
  return new RungsError("unavailable", "Signing in does not work just now.", { retryAfter: 2 });
}
