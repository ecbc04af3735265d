import { openToPages, preflight } from "@/lib/http/cors";
import { handle } from "@/lib/http/handle";
import { readOembed } from "@/lib/http/oembed";
import { cacheControl, tagged } from "@/lib/http/tagged";
import { hashedBody } from "@/lib/live/encoded-body";

export const GET = handle(async ({ request, services, admit }) => {
  const found = await readOembed(services, new URL(request.url).searchParams, admit);
  return tagged(request, hashedBody(JSON.stringify(found)), cacheControl.live);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
