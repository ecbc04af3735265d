/** Addresses under /api that mean nothing: for plain `next start`, which would answer with a page. */
import { RungsError } from "@/lib/domain/errors";
import { openToPages } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";

const missing = handle<{ missing: string[] }>(async () => {
  throw new RungsError("not-found", "There is nothing at this address.");
}, openToPages);

export { missing as DELETE, missing as GET, missing as PATCH, missing as POST, missing as PUT };
