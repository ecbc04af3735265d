import { requireOrganizer } from "@/lib/auth/organizer";
import { RungsError } from "@/lib/domain/errors";
import { handle } from "@/lib/http/handle";

interface Params {
  id: string;
}

export const DELETE = handle<Params>(async ({ request, params, services }) => {
  await requireOrganizer(services, request);
  if (!(await services.apiKeys.revoke(params.id))) throw new RungsError("not-found", "There is no such API key.");
  return new Response(null, { status: 204 });
});
