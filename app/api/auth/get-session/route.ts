import { withCookies } from "@/lib/auth/with-cookies";
import { handle, json } from "@/lib/http/handle";

/** The signed-in organizer, whose session it keeps alive, or null. */
export const GET = handle(async ({ request, services }) => {
  const { organizer, cookies } = await services.organizerAuth.renew(request.headers);
  return withCookies(json({ organizer }), cookies);
});
