import { handle } from "@/lib/http/handle";

export const GET = handle(async ({ services }) => {
  const { contentType, body } = await services.metrics.page();
  return new Response(body, { headers: { "content-type": contentType, "cache-control": "no-store" } });
});
