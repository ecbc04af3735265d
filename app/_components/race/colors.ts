/** As many as the chart has. */
export const colorsMax = 10;

export type Colors = ReadonlyMap<string, number>;

/**
 * A colour for each player, by its id, so that it is the same wherever the same players are; no two share one while
 * there are enough. Who had one before keeps it.
 */
export function assignColors(players: readonly string[], before: Colors): Colors {
  const colors = new Map<string, number>();
  for (const player of players) {
    const color = before.get(player);
    if (color !== undefined) colors.set(player, color);
  }
  // By id, not by rank: those who change places keep their colours on a page that is opened later, too.
  for (const player of players.filter((one) => !before.has(one)).sort()) {
    colors.set(player, freeColor(hash(player), new Set(colors.values())));
  }
  return colors;
}

/** The first that is free from the wished one on; the wished one where none is. */
function freeColor(wish: number, taken: ReadonlySet<number>): number {
  for (let step = 0; step < colorsMax; step++) {
    const color = (wish + step) % colorsMax;
    if (!taken.has(color)) return color;
  }
  return wish % colorsMax;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
