/** Every page there is in German: as accessible, and no wider than a small phone for all its longer words. */
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

it.each(sitePages.map((page) => [page.name, page] as const))("%s", async (_name, sitePage) => {
  const options = { locale: "de-DE", viewport: { width: 320, height: 800 } };
  const { page, complaints } = await visitSitePage(stage, sitePage, options);
  expect(await page.locator("html").getAttribute("lang")).toBe("de");
  expect(await violations(page)).toEqual([]);
  expect(await sideways(page)).toBeLessThanOrEqual(0);
  expect(complaints.filter((text) => !text.includes("status of 404"))).toEqual([]);
});
