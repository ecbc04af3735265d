import { type Browser, chromium } from "playwright";
import { findBrowser } from "@/scripts/test-programs.mjs";

/** Chromium without a window, and without the conversations with the world that it has of its own accord. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Error("The tests need Chromium: `npm test` gets it, or set CHROMIUM_PATH.");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
