import type { IncomingMessage } from "node:http";
import { catalogues, languages } from "@/app/_texts/catalogues";
import { createTexts } from "@/app/_texts/texts";
import { languageCookie, viewerOf } from "@/app/_texts/viewer";

/** In place of a page that the server has no time to make: small, made without React, and loaded again by itself. */
export function busyPage({ headers }: IncomingMessage, retryAfterS: number): string {
  const viewer = viewerOf(languages, cookieOf(headers.cookie), headers["accept-language"] ?? null);
  const t = createTexts<"busy">(catalogues[viewer.language].busy, viewer);
  const title = t("title");
  return `<!doctype html>
<html lang="${viewer.language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${retryAfterS}">
<title>${title} · Rungs</title>
<body style="max-width: 36rem; margin: 20vh auto 0; padding: 0 1rem; font-family: sans-serif; line-height: 1.5">
<h1>${title}</h1>
<p>${t("lead")}</p>
</body>
</html>
`;
}

function cookieOf(cookies = ""): string | undefined {
  return new RegExp(`(?:^|;\\s*)${languageCookie}=([^;]*)`).exec(cookies)?.[1];
}
