"use client";

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { RowsFollower, type RowsInSight } from "./rows-in-sight";

interface LongTable {
  /** Null until the browser has laid out the first rows. */
  rows: RowsInSight | null;
  goTo(place: number): void;
}

/**
 * The rows of a long table to render, and the place in the address bar (`?at=`): who opens, shares or goes back to an address
 * comes to its place; who scrolls finds the place in the address.
 */
export function useRowsInSight(box: RefObject<HTMLElement | null>, total: number, at: number): LongTable {
  const [rows, setRows] = useState<RowsInSight | null>(null);
  const follower = useRef<RowsFollower | null>(null);
  const written = useRef<number | null>(null);

  useLayoutEffect(() => {
    if (!box.current) return;
    follower.current = new RowsFollower(box.current, setRows, (place) => {
      written.current = place;
      writePlace(place);
    });
    return follower.current.start();
  }, [box]);
  useLayoutEffect(() => follower.current?.setTotal(total), [total]);
  useLayoutEffect(() => {
    if (at !== written.current) follower.current?.goTo(at);
    written.current = at;
  }, [at]);
  // Only now is there room to scroll to.
  useLayoutEffect(() => {
    if (rows) follower.current?.laidOut();
  }, [rows]);

  return { rows, goTo: useCallback((place) => follower.current?.goTo(place), []) };
}

function writePlace(place: number): void {
  const query = new URLSearchParams(location.search);
  query.set("at", String(place));
  window.history.replaceState(null, "", `?${query}`);
}
