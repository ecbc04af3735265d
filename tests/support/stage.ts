/** A stage on a server of its own, as the browser tests use it. */
import type { Page } from "playwright";
import { onTestFinished, TestRunner } from "vitest";
import { launchBrowser } from "./browser";
import { type RungsServer, startRungs } from "./server";
import { type Stage as AnyStage, stageAt } from "./stage-at";

export type Stage = AnyStage<RungsServer>;

export async function openStage(options: Parameters<typeof startRungs>[0] = {}): Promise<Stage> {
  const [server, browser] = await Promise.all([startRungs(options), launchBrowser()]);
  const stage = await stageAt(server, browser);
  return {
    ...stage,
    async visit(...args) {
      const visited = await stage.visit(...args);
      // Pages of tests that are over would go on polling and drawing beside the others. Those of hooks are for several.
      if (TestRunner.getCurrentTest()) onTestFinished(() => visited.page.context().close());
      return visited;
    },
  };
}

/** Waits until the page says that of its connection. */
export async function waitForStatus(page: Page, status: string, timeout = 15_000): Promise<void> {
  await page.locator(`[data-status="${status}"]`).waitFor({ timeout });
}

/** Waits until the table's first rows are these players, best first. */
export async function waitForOrder(page: Page, names: string[], timeout: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const links = [...document.querySelectorAll("tbody a")].slice(0, wanted.length);
      return wanted.every((name, i) => links[i]?.textContent === name);
    },
    names,
    { timeout, polling: 50 },
  );
}
