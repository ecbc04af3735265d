import { requireSameOrigin } from "@/lib/auth/same-origin";
import { withCookies } from "@/lib/auth/with-cookies";
import { handle, json } from "@/lib/http/handle";

export const POST = handle(async ({ request, services }) => {
  requireSameOrigin(request, services.env.publicUrl);
  const { organizer, cookies } = await services.organizerAuth.signOut(request.headers);
  return withCookies(json({ organizer }), cookies);
});
