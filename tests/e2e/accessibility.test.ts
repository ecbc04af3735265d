/** Every page there is, through axe: in light and dark, narrow and wide, in both languages, and never wider than a window. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { fillSite } from "@/tests/support/site-content";
import { type SitePage, sitePages } from "@/tests/support/site-pages";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await fillSite(stage);
});

afterAll(() => stage?.close());

const height = 800;

async function visit({ path, signedIn, prepare }: SitePage, locale: string) {
  const storageState = signedIn ? await stage.organizer.context().storageState() : undefined;
  const options = { locale, reducedMotion: "reduce", ...(storageState && { storageState }) } as const;
  const visited = await stage.visit(path, { viewport: { width: 360, height }, ...options });
  await visited.page.waitForLoadState("networkidle");
  await prepare?.(visited.page);
  return visited;
}

const sideways = () => document.documentElement.scrollWidth - innerWidth;

describe.each(sitePages.map((page) => [page.name, page] as const))("%s", (_name, sitePage) => {
  it("has no violation in light and dark, at 360 and 1440 pixels, and does not scroll sideways at 320 either", async () => {
    const { page, complaints } = await visit(sitePage, "en");
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect([width, colorScheme, await violations(page)]).toEqual([width, colorScheme, []]);
      }
      expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 320, height });
    expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
    expect(complaints.filter((text) => !text.includes("status of 404"))).toEqual([]);
    await page.context().close();
  });

  it("is as accessible in German, and no wider, for all its longer words", async () => {
    const { page, complaints } = await visit(sitePage, "de-DE");
    await page.setViewportSize({ width: 320, height });
    expect(await page.locator("html").getAttribute("lang")).toBe("de");
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(sideways)).toBeLessThanOrEqual(0);
    expect(complaints.filter((text) => !text.includes("status of 404"))).toEqual([]);
    await page.context().close();
  });
});
