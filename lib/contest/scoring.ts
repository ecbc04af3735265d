/**
 * The rules of an ICPC contest as posts to a board: each first accepted submission of a problem gives the team new
 * absolute values, so a board with operator `set` ends right however often a post is repeated.
 */
import type { CreateBoardInput } from "@/lib/domain/board";

export interface Contest {
  name: string;
  durationSeconds: number;
  /** Minutes added for each rejected try of a problem that is solved later. */
  penaltyMinutes: number;
}

export interface Submission {
  /** Seconds from the start of the contest. */
  at: number;
  team: string;
  problem: string;
  accepted: boolean;
}

export interface ContestPost {
  /** Which submission caused it, counted from 1. */
  submission: number;
  /** Seconds from the start of the contest. */
  at: number;
  team: string;
  solved: number;
  penalty: number;
  lastAcceptedAt: number;
}

interface TeamState {
  solved: Set<string>;
  rejected: Map<string, number>;
  penalty: number;
}

/** What a game backend would post, in order. `submissions` must be in time order. */
export function contestPosts(
  contest: Pick<Contest, "penaltyMinutes">,
  submissions: readonly Submission[],
): ContestPost[] {
  const teams = new Map<string, TeamState>();
  const posts: ContestPost[] = [];
  for (const [i, { at, team, problem, accepted }] of submissions.entries()) {
    const state = teams.get(team) ?? { solved: new Set(), rejected: new Map(), penalty: 0 };
    teams.set(team, state);
    if (state.solved.has(problem)) continue;
    const rejected = state.rejected.get(problem) ?? 0;
    if (!accepted) {
      state.rejected.set(problem, rejected + 1);
      continue;
    }
    state.solved.add(problem);
    state.penalty += Math.floor(at / 60) + contest.penaltyMinutes * rejected;
    posts.push({ submission: i + 1, at, team, solved: state.solved.size, penalty: state.penalty, lastAcceptedAt: at });
  }
  return posts;
}

/** The settings under which a board ranks a contest by its rules. */
export const contestBoard = {
  order: "desc",
  operator: "set",
  decimals: 0,
  tiebreaks: [
    { name: "penalty", order: "asc" },
    { name: "lastAcceptedAt", order: "asc" },
  ],
  rankStyle: "competition",
} satisfies Partial<CreateBoardInput>;
