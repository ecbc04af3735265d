import { requireSameOrigin } from "@/lib/auth/same-origin";
import { withCookies } from "@/lib/auth/with-cookies";
import { signInInput } from "@/lib/domain/access";
import { handle, json } from "@/lib/http/handle";
import { readUntrustedBody } from "@/lib/http/parse";

export const POST = handle(async ({ request, services }) => {
  requireSameOrigin(request, services.env.publicUrl);
  const input = await readUntrustedBody(services, request, signInInput);
  const { organizer, cookies } = await services.organizerAuth.signIn(input, request.headers);
  return withCookies(json({ organizer }), cookies);
});
