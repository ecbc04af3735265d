/** A stage page in a browser, and everything that it complains about. */
import type { Browser, Page } from "playwright";
import { launchBrowser } from "@/tests/support/browser";

export interface Watch {
  page: Page;
  /** While true, that the server cannot be reached is nothing to complain about. */
  outage: boolean;
  close(): Promise<void>;
}

const unreachable = /^Failed to load resource: /;

export async function openWatch(url: string, complain: (text: string) => void): Promise<Watch> {
  const browser: Browser = await launchBrowser();
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1_920, height: 1_080 } });
  const page = await context.newPage();
  const watch: Watch = { page, outage: false, close: () => browser.close() };
  page.on("pageerror", (error) => complain(`the page threw: ${error.stack ?? error.message}`));
  page.on("crash", () => complain("the page crashed"));
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    if (watch.outage && unreachable.test(message.text())) return;
    complain(`the page's console: ${message.text()}`);
  });
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame() && page.url() !== url) complain(`the page went to ${page.url()}`);
  });
  await page.goto(url);
  return watch;
}
