import type { Page } from "playwright";

/** By how much a page is wider than its window, CSS pixels. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/**
 * What is wrong with how a page is laid out, one line each: it scrolls sideways, a text sticks out of the window, or two
 * texts lie over each other. By boxes rather than by pixels, so that it holds whatever fonts a machine has.
 */
export async function layoutProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Piece {
      node: Node;
      text: string;
      box: DOMRect;
      /** What stays in sight over the rest of the page, if the text is in such. */
      pinned: Element | null;
    }
    const problems: string[] = [];
    const sideways = document.documentElement.scrollWidth - innerWidth;
    if (sideways > 0) problems.push(`the page scrolls sideways by ${sideways} px`);

    const isPinned = (element: Element) => ["sticky", "fixed"].includes(getComputedStyle(element).position);
    const ancestors = (element: Element): Element[] => {
      return element.parentElement ? [element, ...ancestors(element.parentElement)] : [element];
    };
    /** What of a box can be seen through everything around that cuts it off. */
    const seen = (box: DOMRect, around: Element[]): DOMRect | null => {
      let { left, right, top, bottom } = box;
      for (const element of around) {
        const { overflowX, overflowY } = getComputedStyle(element);
        if (overflowX === "visible" && overflowY === "visible") continue;
        const frame = element.getBoundingClientRect();
        [left, right] = [Math.max(left, frame.left), Math.min(right, frame.right)];
        [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
      }
      return right - left > 1 && bottom - top > 4 ? new DOMRect(left, top, right - left, bottom - top) : null;
    };

    const pieces: Piece[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!element || !node.textContent?.trim()) continue;
      if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
      const around = ancestors(element);
      const pinned = around.find(isPinned) ?? null;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const whole of range.getClientRects()) {
        const box = seen(whole, around);
        if (box) pieces.push({ node, text: node.textContent.trim().slice(0, 40), box, pinned });
      }
    }
    for (const { text, box } of pieces) {
      if (box.left < -1 || box.right > innerWidth + 1) problems.push(`sticks out: ${text}`);
    }
    const told = ({ text, box }: Piece) => `"${text}" (${[box.x, box.y, box.width, box.height].map(Math.round)})`;
    // Fonts are taller than what they show of most letters, and some are taller than their lines.
    const core = ({ box }: Piece) => ({ top: box.top + box.height * 0.25, bottom: box.bottom - box.height * 0.25 });
    for (const [i, a] of pieces.entries()) {
      for (const b of pieces.slice(i + 1)) {
        // Lines of one text are the browser's own work.
        if (a.pinned !== b.pinned || a.node === b.node) continue;
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const down = Math.min(core(a).bottom, core(b).bottom) - Math.max(core(a).top, core(b).top);
        if (across > 1 && down > 1) problems.push(`${told(a)} lies over ${told(b)}`);
      }
    }
    return problems;
  });
}
