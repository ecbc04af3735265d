import { cookies, headers } from "next/headers";
import { cache } from "react";
import { catalogues, languages } from "./catalogues";
import type { Group } from "./message";
import { createTexts, type Texts } from "./texts";
import { languageCookie, viewerOf } from "./viewer";

/** Who asks for the page: by the cookie, else by what the browser prefers. Once per request. */
export const getViewer = cache(async () => {
  const chosen = (await cookies()).get(languageCookie)?.value;
  return viewerOf(languages, chosen, (await headers()).get("accept-language"));
});

/** The texts of a group in what runs on the server: pages, their metadata, server components. */
export async function getTexts<G extends Group>(group: G): Promise<Texts<G>> {
  const viewer = await getViewer();
  return createTexts(catalogues[viewer.language][group], viewer);
}
