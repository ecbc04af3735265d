import { requireOrganizer } from "@/lib/auth/organizer";
import { createKeyInput } from "@/lib/domain/access";
import { handle, json } from "@/lib/http/handle";
import { readBody } from "@/lib/http/parse";

export const GET = handle(async ({ request, services }) => {
  await requireOrganizer(services, request);
  return json({ keys: await services.apiKeys.list() });
});

export const POST = handle(async ({ request, services }) => {
  await requireOrganizer(services, request);
  const key = await services.apiKeys.create(await readBody(services, request, createKeyInput));
  return json(key, { status: 201, headers: { location: `/api/v1/keys/${key.id}` } });
});
