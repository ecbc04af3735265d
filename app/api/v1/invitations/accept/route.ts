import { acceptInvitation } from "@/lib/auth/accept-invitation";
import { requireSameOrigin } from "@/lib/auth/same-origin";
import { withCookies } from "@/lib/auth/with-cookies";
import { acceptInvitationInput } from "@/lib/domain/access";
import { handle, json } from "@/lib/http/handle";
import { readUntrustedBody } from "@/lib/http/parse";

export const POST = handle(async ({ request, services }) => {
  requireSameOrigin(request, services.env.publicUrl);
  const input = await readUntrustedBody(services, request, acceptInvitationInput);
  const { organizer, cookies } = await acceptInvitation(services, input, request.headers);
  return withCookies(json({ organizer }, { status: 201 }), cookies);
});
