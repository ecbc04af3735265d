import type { Browser } from "playwright";

/** Edge of a cell, CSS pixels: about a line of text, so that how letters are smoothed, and which ones, matters little. */
const cell = 12;
/** By how much, of 255, one of a cell's three colours has to differ. */
const threshold = 20;

/**
 * The share of two pictures' cells that differ to the eye, 0 to 1; 1 where their sizes do. Decoded and shrunk by a browser.
 * @param pictures each in any format that it knows
 */
export async function difference(browser: Browser, pictures: readonly [Buffer, Buffer]): Promise<number> {
  const page = await browser.newPage();
  try {
    return await page.evaluate(
      async ({ base64, cell, threshold }) => {
        const [one, other] = await Promise.all(
          base64.map(async (text) => {
            const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes]));
            const [width, height] = [Math.round(image.width / cell), Math.round(image.height / cell)];
            const context = new OffscreenCanvas(width, height).getContext("2d");
            if (!context) throw new Error("no canvas");
            context.imageSmoothingQuality = "high";
            context.drawImage(image, 0, 0, width, height);
            return { size: `${image.width} x ${image.height}`, colors: context.getImageData(0, 0, width, height).data };
          }),
        );
        if (!one || !other || one.size !== other.size) return 1;
        let different = 0;
        for (let i = 0; i < one.colors.length; i += 4) {
          const differs = (j: number) => Math.abs((one.colors[j] ?? 0) - (other.colors[j] ?? 0)) > threshold;
          if (differs(i) || differs(i + 1) || differs(i + 2)) different++;
        }
        return different / (one.colors.length / 4);
      },
      { base64: pictures.map((picture) => picture.toString("base64")), cell, threshold },
    );
  } finally {
    await page.close();
  }
}
