import { expect, test } from "vitest";
import { readContestFolder } from "@/lib/contest/folder";
import { contestBoard, contestPosts, type Submission } from "@/lib/contest/scoring";
import { compareStandings, rankInOrder } from "@/lib/domain/ranking";
import { contestDir, contestScores, expectedPlacings, placings } from "@/tests/support/contest";

const rules = { penaltyMinutes: 20 };

function submission(at: number, problem: string, accepted: boolean, team = "t"): Submission {
  return { at, team, problem, accepted };
}

test("a first accepted submission adds one solved problem, its minute, and 20 minutes for each rejected try before", () => {
  const posts = contestPosts(rules, [
    submission(59, "A", false),
    submission(61, "B", false),
    submission(119, "A", false),
    submission(299, "A", true),
  ]);
  expect(posts).toEqual([{ submission: 4, at: 299, team: "t", solved: 1, penalty: 4 + 40, lastAcceptedAt: 299 }]);
});

test("submissions of a problem already solved count for nothing", () => {
  const posts = contestPosts(rules, [
    submission(60, "A", true),
    submission(70, "A", false),
    submission(80, "A", true),
    submission(120, "B", true),
  ]);
  expect(posts.map(({ submission, solved, penalty }) => [submission, solved, penalty])).toEqual([
    [1, 1, 1],
    [4, 2, 3],
  ]);
});

test("rejected tries of a problem never solved, and of other teams, cost nothing", () => {
  const posts = contestPosts(rules, [
    submission(10, "A", false),
    submission(20, "B", false, "other"),
    submission(60, "B", true),
  ]);
  expect(posts).toEqual([{ submission: 3, at: 60, team: "t", solved: 1, penalty: 1, lastAcceptedAt: 60 }]);
});

test("the real contest, folded and ranked by the board's rules, ends exactly in the expected standings", async () => {
  const { contest, submissions } = await readContestFolder(contestDir);
  const posts = contestPosts(contest, submissions);
  const last = new Map(posts.map((post) => [post.team, post]));
  const standings = [...last.values()].map(({ team, solved, penalty, lastAcceptedAt, submission }) => ({
    player: team,
    name: team,
    values: [solved, penalty, lastAcceptedAt],
    reached: submission,
  }));
  const ranked = rankInOrder(contestBoard.rankStyle, standings.sort(compareStandings(contestBoard)));
  const entries = ranked.map(({ values: [score = 0, ...tiebreaks], ...standing }) => ({
    ...standing,
    score,
    tiebreaks,
  }));

  expect(posts).toHaveLength(contestScores);
  expect(expectedPlacings()).toHaveLength(2353);
  expect(placings(entries)).toEqual(expectedPlacings());
});
