/** The replay's progress line. */
import type { ContestFolder } from "@/lib/contest/folder";
import type { ContestPost } from "@/lib/contest/scoring";

const rateWindowMs = 5_000;

export interface ReplayStatus {
  /** The line for `next` acknowledged posts with the contest clock at `at` seconds. */
  line(next: number, at: number): string;
  /** Whoever ranks first from now on. */
  leader(team: string): void;
}

export function createReplayStatus(folder: ContestFolder, posts: readonly ContestPost[]): ReplayStatus {
  const { contest, submissions, teams } = folder;
  const samples: { atMs: number; posts: number }[] = [];
  let first = "";

  const postsPerSecond = (next: number): number => {
    const now = performance.now();
    samples.push({ atMs: now, posts: next });
    while (samples[1] && now - samples[1].atMs > rateWindowMs) samples.shift();
    const oldest = samples[0] ?? { atMs: now, posts: next };
    return now === oldest.atMs ? 0 : Math.round(((next - oldest.posts) * 1000) / (now - oldest.atMs));
  };

  return {
    line(next, at) {
      const seen = next === posts.length ? submissions.length : (posts[next - 1]?.submission ?? 0);
      return [
        `${clockText(Math.min(at, contest.durationSeconds))} of ${clockText(contest.durationSeconds)}`,
        `${count(seen)} of ${count(submissions.length)} submissions`,
        `${count(next)} scores posted, ${count(postsPerSecond(next))}/s`,
        ...(first === "" ? [] : [`1st: ${first}`]),
      ].join(" | ");
    },
    leader(team) {
      first = teams.get(team) ?? team;
    },
  };
}

/** Seconds as `1:02:03`. */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const part = (value: number) => String(value).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
