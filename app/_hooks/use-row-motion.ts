"use client";

import { type RefObject, useLayoutEffect, useRef } from "react";
import type { Entry } from "@/lib/domain/snapshot";
import type { Layout } from "./row-motion";

/** Comes with the first change: until then nothing moves. */
let motion: typeof import("./row-motion") | null = null;

/**
 * Rows belong to places: when players change places, rows change their texts, which costs a browser far less than to move
 * them. This shows the movement all the same, and keeps the focus on whom it was on.
 * @param entries those of the rows, in the order of their positions
 * @param above height of the rows that are left out above them, in pixels
 */
export function useRowMotion(
  body: RefObject<HTMLTableSectionElement | null>,
  entries: readonly Entry[],
  above = 0,
): void {
  const last = useRef<Layout | null>(null);
  useLayoutEffect(() => {
    if (!body.current) return;
    const rows = [...body.current.rows];
    const before = last.current;
    const after = measure(body.current, rows, entries, above);
    last.current = after;
    if (!before) return;
    followFocus(rows, before, after);
    if (motion) motion.showMotion(rows, before, after);
    else void loadMotion();
  }, [body, entries, above]);
}

export async function loadMotion(): Promise<void> {
  motion = await import("./row-motion").catch(() => null);
}

function measure(
  body: HTMLTableSectionElement,
  rows: HTMLTableRowElement[],
  entries: readonly Entry[],
  above: number,
): Layout {
  return {
    width: body.clientWidth,
    tops: rows.map((row) => row.offsetTop + above),
    entries,
    places: new Map(entries.map(({ player }, i) => [player, i])),
  };
}

function followFocus(rows: HTMLTableRowElement[], before: Layout, after: Layout): void {
  const from = rows.findIndex((row) => row.contains(document.activeElement));
  const held = before.entries.find(({ position }) => position === after.entries[from]?.position);
  const to = after.places.get(held?.player ?? "");
  if (to !== undefined && to !== from) rows[to]?.querySelector("a")?.focus({ preventScroll: true });
}
