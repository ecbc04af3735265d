"use client";

import { useEffect, useRef, useState } from "react";
import { type Marks, type Moment, markOf, momentOf, nextDue, type Speed, stepMs } from "@/app/_components/race/marks";

interface PlaybackOptions {
  marks: Marks;
  moment: Moment;
  /** Whether the moment is there to be seen: playing waits for it. */
  arrived: boolean;
  goTo(moment: Moment): void;
}

export interface Playback {
  playing: boolean;
  speed: Speed;
  /** From where one is; from the beginning where that is now. */
  play(): void;
  pause(): void;
  setSpeed(speed: Speed): void;
}

/** Steps from mark to mark until it has come to now. */
export function usePlayback({ marks, moment, arrived, goTo }: PlaybackOptions): Playback {
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const due = useRef(0);
  useEffect(() => {
    if (!playing || !arrived) return;
    const timer = setTimeout(() => {
      due.current = nextDue(due.current, performance.now(), stepMs(marks, speed));
      const next = momentOf(marks, markOf(marks, moment) + 1);
      goTo(next);
      if (next === null) setPlaying(false);
    }, due.current - performance.now());
    return () => clearTimeout(timer);
  }, [playing, arrived, marks, moment, speed, goTo]);
  return {
    playing,
    speed,
    setSpeed,
    play() {
      due.current = performance.now() + stepMs(marks, speed);
      if (moment === null) goTo(momentOf(marks, 0));
      setPlaying(true);
    },
    pause: () => setPlaying(false),
  };
}
