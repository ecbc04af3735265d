import { openToPages, preflight } from "@/lib/http/cors";
import { handle, json } from "@/lib/http/handle";
import { openApiDocument } from "@/lib/http/openapi";

let text: string | undefined;

export const GET = handle(async () => {
  text ??= JSON.stringify(openApiDocument());
  return json(text);
}, openToPages);

export const OPTIONS = preflight("GET, HEAD");
