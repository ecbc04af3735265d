/** The real contest on a board of a served Rungs, as if it had been played in the five hours before now. */
import { readContestFolder } from "@/lib/contest/folder";
import { contestBoard, contestPosts } from "@/lib/contest/scoring";
import { inSession } from "@/lib/embedded/postgres-session";
import { contestDir } from "./contest";
import type { Stage } from "./stage";

/** Before anybody looks back. */
export async function playSeason(stage: Stage, board: { id: string } & Record<string, unknown>): Promise<void> {
  const { contest, teams, submissions } = await readContestFolder(contestDir);
  const posts = contestPosts(contest, submissions);
  await stage.createBoard({ ...contestBoard, ...board });
  const scores = posts.map(({ team, solved, penalty, lastAcceptedAt }) => {
    return { player: team, name: teams.get(team), score: solved, tiebreaks: [penalty, lastAcceptedAt] };
  });
  for (let i = 0; i < scores.length; i += 1_000) await stage.post(board.id, scores.slice(i, i + 1_000));
  const seconds = JSON.stringify(posts.map(({ at }) => at));
  const start = new Date(Date.now() - contest.durationSeconds * 1_000).toISOString();
  await inSession(
    stage.server.databaseUrl ?? "",
    (sql) => sql`
      update score_events set created_at = ${start}::timestamptz + season.at::int * interval '1 second'
      from boards, json_array_elements_text(${seconds}::text::json) with ordinality as season (at, seq)
      where boards.id = ${board.id} and board_uid = boards.uid and score_events.seq = season.seq`,
    30_000,
  );
}
