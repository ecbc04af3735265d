/** What a stage page shows, compared with what the board has. */
import type { Page } from "playwright";
import type { Entry } from "@/lib/domain/snapshot";
import { poll } from "@/lib/embedded/deadline";

/** So high that everybody the page knows of fits below the podium at once. */
const tower = { width: 1_920, height: 12_000 };

/** Waits until the page shows just these entries, in this order; gives what differs, or null. */
export async function differenceOnStage(page: Page, entries: readonly Entry[], ms: number): Promise<string | null> {
  const wanted = entries.map(({ name, score }) => `${name} ${new Intl.NumberFormat("en").format(score)}`);
  const usual = page.viewportSize();
  await page.setViewportSize(tower);
  try {
    let shown: string[] = [];
    const reached = await poll(async () => {
      shown = await page.evaluate(readRows);
      return JSON.stringify(shown) === JSON.stringify(wanted) || undefined;
    }, ms);
    if (reached) return null;
    const place = wanted.findIndex((row, i) => row !== shown[i]);
    return `place ${place + 1}: "${shown[place]}" instead of "${wanted[place]}", ${shown.length} of ${wanted.length} rows`;
  } finally {
    if (usual) await page.setViewportSize(usual);
  }
}

/** In the page: name and score of everybody shown. */
function readRows(): string[] {
  const podium = [...document.querySelectorAll("ol > li")].map((step) => {
    return `${step.querySelector("bdi")?.textContent} ${step.querySelector("div > span:last-child")?.textContent}`;
  });
  const rest = [...document.querySelectorAll("tbody tr")].map((row) => {
    return `${row.querySelector("bdi")?.textContent} ${row.querySelector("td:last-child")?.textContent}`;
  });
  return [...podium, ...rest];
}
