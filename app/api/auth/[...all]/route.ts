/** The few of better-auth's routes that Rungs has, under their usual names, with Rungs' own guard and errors. */
import type { SessionReply } from "@/lib/auth/organizer-auth";
import { requireSameOrigin } from "@/lib/auth/same-origin";
import { withCookies } from "@/lib/auth/with-cookies";
import { signInInput } from "@/lib/domain/access";
import { RungsError } from "@/lib/domain/errors";
import { handle, json } from "@/lib/http/handle";
import { readBody } from "@/lib/http/parse";

interface Params {
  all: string[];
}

/** `get-session`: the signed-in organizer, whose session it keeps alive, or null. */
export const GET = handle<Params>(async ({ request, params, services }) => {
  if (params.all.join("/") !== "get-session") throw new RungsError("not-found", "There is nothing here.");
  return reply(await services.organizerAuth.renew(request.headers));
});

/** `sign-in/email` and `sign-out`. */
export const POST = handle<Params>(async ({ request, params, services }) => {
  requireSameOrigin(request, services.env.publicUrl);
  switch (params.all.join("/")) {
    case "sign-in/email":
      return reply(await services.organizerAuth.signIn(await readBody(request, signInInput), request.headers));
    case "sign-out":
      return reply(await services.organizerAuth.signOut(request.headers));
    default:
      throw new RungsError("not-found", "There is nothing here.");
  }
});

function reply({ organizer, cookies }: SessionReply): Response {
  return withCookies(json({ organizer }), cookies);
}
