import type { Entry } from "@/lib/domain/snapshot";

/** What stood where after a render. */
export interface Layout {
  width: number;
  /** Where the rows are, from the top of a table in which no row is left out. */
  tops: readonly number[];
  /** Those of the rows, in the order of their positions; without a player where it is not known yet. */
  entries: readonly Entry[];
  /** Indices of players' rows. */
  places: ReadonlyMap<string, number>;
}

interface RowMove {
  row: HTMLTableRowElement;
  /** How far above (negative) or below its new place the player was seen last, in pixels. */
  from: number;
}

interface RowNews {
  row: HTMLTableRowElement;
  /** 1 for a score that grew, -1 for one that shrank, 0 for one of a player who was not here. */
  rise: number;
}

const glideMs = 400;
const rollMs = 350;
const tintMs = 1_200;
/** More rows than this in sight would be a blur: they are tinted instead. */
const glidesMax = 60;
/** More new scores than this at once would be a flicker, and work. */
const rollsMax = 10;
const crownMs = 10_000;

const gliding = new WeakMap<HTMLTableRowElement, Animation>();
const tinting = new WeakMap<HTMLTableRowElement, Animation>();
const crowned = new WeakMap<HTMLTableRowElement, ReturnType<typeof setTimeout>>();

/** Lets players be seen gliding from where they were seen last to their new place, by transform only; tints new scores. */
export function showMotion(rows: HTMLTableRowElement[], before: Layout, after: Layout): void {
  const seen = before.width === after.width && !document.hidden;
  const inSight = sightOf(rows, after);
  const moves = seen ? findMoves(rows, before, after, inSight) : [];
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  for (const [i, row] of rows.entries()) {
    if (playerAt(before, after.entries[i]?.position) !== after.entries[i]?.player) gliding.get(row)?.cancel();
  }
  for (const move of moves) {
    if (reduced || moves.length > glidesMax) tint(move.row);
    else glide(move);
  }
  const news = seen ? findNews(rows, before, after, inSight) : [];
  for (const { row } of news) tint(row);
  if (!reduced && news.length <= rollsMax) for (const { row, rise } of news) roll(row, rise);
  crown(rows[0], before.entries[0], after.entries[0]);
}

/** Tells whether a row at that place in the table is on the screen, or nearly. */
function sightOf([first]: HTMLTableRowElement[], { tops }: Layout): (top: number) => boolean {
  const origin = first ? first.getBoundingClientRect().top - (tops[0] ?? 0) - glideOffset(first) : 0;
  return (top) => origin + top > -100 && origin + top < window.innerHeight + 100;
}

/** Moves of which something would be seen. */
function findMoves(
  rows: HTMLTableRowElement[],
  before: Layout,
  after: Layout,
  inSight: (top: number) => boolean,
): RowMove[] {
  return after.entries.flatMap(({ player, position }, i) => {
    const place = before.places.get(player) ?? -1;
    const was = before.entries[place]?.position;
    const [row, oldTop, newTop] = [rows[i], before.tops[place], after.tops[i]];
    if (!row || !player || was === undefined || was === position || oldTop === undefined || newTop === undefined) {
      return [];
    }
    if (!inSight(oldTop) && !inSight(newTop)) return [];
    const from = oldTop + glideOffset(rows[indexOf(after, was)]) - newTop;
    return [{ row, from: Math.max(-window.innerHeight, Math.min(window.innerHeight, from)) }];
  });
}

function playerAt(layout: Layout, position = 0): string | undefined {
  return layout.entries[indexOf(layout, position)]?.player;
}

function indexOf({ entries }: Layout, position: number): number {
  return position - (entries[0]?.position ?? 0);
}

/** Rows in sight with a new player or score; not those that only scrolled into the table. */
function findNews(
  rows: HTMLTableRowElement[],
  before: Layout,
  after: Layout,
  inSight: (top: number) => boolean,
): RowNews[] {
  return after.entries.flatMap(({ player, score, position }, i) => {
    const old = before.entries[before.places.get(player) ?? -1];
    const row = rows[i];
    const isNews = old ? old.score !== score : playerAt(before, position);
    if (!row || !player || !isNews || !inSight(after.tops[i] ?? 0)) return [];
    return [{ row, rise: old ? Math.sign(score - old.score) : 0 }];
  });
}

/** How far an unfinished glide still has to go. */
function glideOffset(row: HTMLTableRowElement | undefined): number {
  const unfinished = row && gliding.get(row)?.playState === "running";
  return unfinished ? new DOMMatrix(getComputedStyle(row).transform).m42 : 0;
}

function glide({ row, from }: RowMove): void {
  const animation = row.animate(
    { transform: [`translateY(${from}px)`, "none"] },
    { duration: glideMs, easing: "cubic-bezier(0.2, 0, 0, 1)" },
  );
  gliding.set(row, animation);
  // Who rises passes in front. Not a part of the animation, which would then need every frame worked out.
  row.style.zIndex = from > 0 ? "2" : "1";
  const land = () => {
    if (gliding.get(row) === animation) row.style.zIndex = "";
  };
  animation.finished.then(land, land);
}

/** A layer of colour over the row that fades: opacity alone, which needs no style worked out from frame to frame. */
function tint(row: HTMLTableRowElement): void {
  tinting.get(row)?.cancel();
  tinting.set(row, row.animate({ opacity: [1, 0] }, { duration: tintMs, pseudoElement: "::after" }));
}

/** A number that grew comes from below, one that shrank from above. */
function roll(row: HTMLTableRowElement, rise: number): void {
  const cell = row.cells[2];
  const number = cell?.firstElementChild ?? cell;
  if (rise === 0) return;
  number?.animate(
    { transform: [`translateY(${rise * 0.8}em)`, "none"], opacity: [0, 1] },
    { duration: rollMs, easing: "cubic-bezier(0.2, 0, 0, 1)" },
  );
}

/** Marks, for a while, the row of who has just taken the lead; the looks are in _styles/standings.css. */
function crown(row: HTMLTableRowElement | undefined, before: Entry | undefined, after: Entry | undefined): void {
  if (!row || before?.position !== 1 || after?.position !== 1 || before.player === after.player) return;
  clearTimeout(crowned.get(row));
  row.dataset.crowned = "";
  const uncrown = () => delete row.dataset.crowned;
  crowned.set(row, setTimeout(uncrown, crownMs));
}
