/** The first font of the site's list, which few machines have: with it pages are set alike on all, and so are pictures of them. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { BrowserContext } from "playwright";

const family = "Inter Variable";
const require = createRequire(import.meta.url);
const file = require.resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");

/** For every page that the context opens from now on. */
export async function pinFont(context: BrowserContext): Promise<void> {
  const font = (await readFile(file)).toString("base64");
  await context.addInitScript(
    ([name, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      document.fonts.add(new FontFace(name, bytes, { weight: "100 900" }));
    },
    [family, font] as const,
  );
}
