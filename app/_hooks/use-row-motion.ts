"use client";

import { type RefObject, useLayoutEffect, useRef } from "react";
import type { Entry } from "@/lib/domain/snapshot";

/** Where each row stood after a render. */
interface Layout {
  width: number;
  tops: Map<string, number>;
  scores: Map<string, number>;
}

interface RowMove {
  row: HTMLTableRowElement;
  /** How far above (negative) or below its new place the row was seen last, in pixels. */
  from: number;
}

const glideMs = 400;
const tintMs = 1_200;
/** More rows than this in sight would be a blur: they are tinted instead. */
const glidesMax = 60;

const gliding = new WeakMap<HTMLTableRowElement, Animation>();
const tinting = new WeakMap<HTMLTableRowElement, Animation>();

/** Lets rows glide from where they were seen last to their new place, by transform only, and tints new scores. */
export function useRowMotion(body: RefObject<HTMLTableSectionElement | null>, entries: readonly Entry[]): void {
  const last = useRef<Layout | null>(null);
  useLayoutEffect(() => {
    if (!body.current) return;
    const rows = [...body.current.rows];
    const layout = measure(body.current, rows, entries);
    const before = last.current;
    last.current = layout;
    if (!before || before.width !== layout.width || document.hidden) return;
    const inSight = sightOf(rows);
    const moves = findMoves(rows, entries, before, layout, inSight);
    const still = moves.length > glidesMax || matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) for (const { row } of moves) tint(row);
    else for (const move of moves) glide(move);
    for (const [i, { player, score }] of entries.entries()) {
      const row = rows[i];
      const isSeen = inSight(layout.tops.get(player) ?? 0);
      if (row && isSeen && before.scores.get(player) !== score) tint(row);
    }
  }, [body, entries]);
}

function measure(body: HTMLTableSectionElement, rows: HTMLTableRowElement[], entries: readonly Entry[]): Layout {
  return {
    width: body.clientWidth,
    tops: new Map(entries.map(({ player }, i) => [player, rows[i]?.offsetTop ?? 0])),
    scores: new Map(entries.map(({ player, score }) => [player, score])),
  };
}

/** Tells whether a row at that place in the table is on the screen, or nearly. */
function sightOf([first]: HTMLTableRowElement[]): (top: number) => boolean {
  const origin = first ? first.getBoundingClientRect().top - first.offsetTop - glideOffset(first) : 0;
  return (top) => origin + top > -100 && origin + top < window.innerHeight + 100;
}

/** Moves of which something would be seen; layout positions do not change while a row glides. */
function findMoves(
  rows: HTMLTableRowElement[],
  entries: readonly Entry[],
  before: Layout,
  after: Layout,
  inSight: (top: number) => boolean,
): RowMove[] {
  return entries.flatMap(({ player }, i) => {
    const row = rows[i];
    const oldTop = before.tops.get(player);
    const newTop = after.tops.get(player);
    if (!row || oldTop === undefined || newTop === undefined || oldTop === newTop) return [];
    if (!inSight(oldTop) && !inSight(newTop)) return [];
    const from = oldTop + glideOffset(row) - newTop;
    return [{ row, from: Math.max(-window.innerHeight, Math.min(window.innerHeight, from)) }];
  });
}

/** How far an unfinished glide still has to go. */
function glideOffset(row: HTMLTableRowElement): number {
  return gliding.get(row)?.playState === "running" ? new DOMMatrix(getComputedStyle(row).transform).m42 : 0;
}

function glide({ row, from }: RowMove): void {
  gliding.get(row)?.cancel();
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
