"use client";

import { useEffect, useRef, useState } from "react";
import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import { useTexts } from "@/app/_texts/use-texts";
import type { Entry } from "@/lib/domain/snapshot";
import { type AnnouncedFacts, announcement } from "./announcement";

/** At most one announcement in this time; what changed meanwhile is said together. */
const pauseMs = 10_000;
/** A page that has just opened says nothing of what it opened with, which takes it a moment to have together. */
const gatherMs = 1_000;

interface AnnouncerProps {
  status: ConnectionStatus;
  leader: Entry | undefined;
  watched: Entry | undefined;
}

/** What the board has to say to screen readers. The table itself is not live: it would never stop talking. */
export function Announcer({ status, leader, watched }: AnnouncerProps) {
  const t = useTexts("board");
  const [text, setText] = useState("");
  const said = useRef<AnnouncedFacts | null>(null);
  const saidAt = useRef(0);
  const leaderName = leader?.name;
  const watchedName = watched?.name;
  const watchedRank = watched?.rank;

  useEffect(() => {
    const facts = { status, leader: leaderName, watched: watchedName, rank: watchedRank };
    saidAt.current ||= Date.now() - pauseMs + gatherMs;
    const timer = setTimeout(
      () => {
        const words = said.current && announcement(said.current, facts, t);
        said.current = facts;
        if (!words) return;
        saidAt.current = Date.now();
        setText(words);
      },
      Math.max(0, saidAt.current + pauseMs - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [status, leaderName, watchedName, watchedRank, t]);

  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
