/** Every page there is, through axe: in light and dark, narrow and wide, and never wider than a window. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "@/tests/support/axe";
import { sideways } from "@/tests/support/layout";
import { fillSite } from "@/tests/support/site-content";
import { sitePages, visitSitePage } from "@/tests/support/site-pages";
import { openStage, type Stage } from "@/tests/support/stage";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await fillSite(stage);
});

afterAll(() => stage?.close());

const height = 800;

it.each(sitePages.map((page) => [page.name, page] as const))("%s", async (_name, sitePage) => {
  const { page, complaints } = await visitSitePage(stage, sitePage, { locale: "en", viewport: { width: 360, height } });
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect([width, colorScheme, await violations(page)]).toEqual([width, colorScheme, []]);
    }
    expect(await sideways(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 320, height });
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(complaints.filter((text) => !text.includes("status of 404"))).toEqual([]);
});
