import { writeFile } from "node:fs/promises";
import type { Page } from "playwright";

export interface Shot {
  width: number;
  dark: boolean;
}

const wide = 1280;
const small = 360;
const heights: Record<number, number> = { [wide]: 900, [small]: 800 };
const wholeHeightMax = 2_400;
const quality = 76;

/** Light in both widths; in the dark as well where it shows something else. */
export function shotsOf({ dark = false }: { dark?: boolean }): Shot[] {
  const themes = dark ? [false, true] : [false];
  return [wide, small].flatMap((width) => themes.map((theme) => ({ width, dark: theme })));
}

/** What a visitor's browser has to be for it. */
export function contextFor({ width, dark }: Shot) {
  return {
    viewport: { width, height: heights[width] ?? 800 },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  } as const;
}

/** Where `npm run screenshots` keeps its pictures, which is what tests compare with. */
export const picturesFolder = "docs/screenshots";

export function pictureName(name: string, { width, dark }: Shot): string {
  return `${name}-${width}${dark ? "-dark" : ""}.webp`;
}

/** What the window shows. WebP by the browser itself: a third of a PNG. */
export async function photograph(page: Page): Promise<Buffer> {
  await page.evaluate(() => document.fonts.ready);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
  return Buffer.from(data, "base64");
}

/**
 * Keeps a picture and gives its size in bytes.
 * @param whole of the whole page, as far as it is not too long for a picture
 */
export async function take(page: Page, name: string, shot: Shot, whole = false): Promise<number> {
  if (whole) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: shot.width, height: Math.min(height, wholeHeightMax) });
  }
  const picture = await photograph(page);
  await writeFile(`${picturesFolder}/${pictureName(name, shot)}`, picture);
  return picture.length;
}
