import { createInvitation, listInvitations } from "@/lib/auth/invitations";
import { requireOrganizer } from "@/lib/auth/organizer";
import { handle, json } from "@/lib/http/handle";

export const GET = handle(async ({ request, services }) => {
  await requireOrganizer(services, request);
  return json({ invitations: await listInvitations(services) });
});

export const POST = handle(async ({ request, services }) => {
  const organizer = await requireOrganizer(services, request);
  return json(await createInvitation(services, organizer), { status: 201 });
});
