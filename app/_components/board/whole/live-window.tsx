"use client";

import { useEffect, useState } from "react";
import type { LiveView } from "@/app/_hooks/live-view";
import { useLiveBoard } from "@/app/_hooks/use-live-board";
import type { Window } from "@/app/_hooks/windows";
import type { Snapshot } from "@/lib/domain/snapshot";

/** A window of a board, and what was last known of it. */
export interface LoadedWindow extends Window {
  view: LiveView;
}

interface LiveWindowProps extends Window {
  boardId: string;
  /** A state of the board, of any window. */
  known: Snapshot;
  onView: (loaded: LoadedWindow) => void;
}

/** Keeps one window of a board live and shows nothing itself: who renders it is told its state, from the first answer on. */
export function LiveWindow({ boardId, offset, limit, known, onView }: LiveWindowProps) {
  const [nothing] = useState<Snapshot>(() => ({ ...known, version: 0, entries: [] }));
  const { view } = useLiveBoard({ boardId, offset, limit, player: null, snapshot: nothing, etag: null });
  useEffect(() => {
    if (view.snapshot.entries.length > 0) onView({ offset, limit, view });
  }, [view, offset, limit, onView]);
  return null;
}
