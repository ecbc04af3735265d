import axe from "axe-core";
import type { Page } from "playwright";

/** What the page does to keep people out, one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => {
    const { axe: tool } = window as unknown as { axe: typeof axe };
    return tool.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      // Of a long table, to describe all that is well takes longer than to find it so.
      resultTypes: ["violations"],
      selectors: false,
    });
  });
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
