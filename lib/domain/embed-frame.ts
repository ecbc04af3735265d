/** A board in a frame on somebody else's page. */

/** The parts of a page that embeds are in pixels of CSS; as wide as most columns of text. */
export const frameWidth = 480;

/** As high as so many places need, in pixels: what is around them, and each of them. */
export function frameHeight(rows: number): number {
  return 134 + 33 * rows;
}

export interface Frame {
  /** Of the page inside. */
  address: string;
  /** What those hear who do not see it. */
  title: string;
  width: number;
  height: number;
}

/** To be pasted into a page. */
export function frameHtml({ address, title, width, height }: Frame): string {
  const size = `width="${width}" height="${height}"`;
  return `<iframe src="${escaped(address)}" title="${escaped(title)}" ${size} loading="lazy" style="border: 0"></iframe>`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
