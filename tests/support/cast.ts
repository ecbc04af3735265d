import type { Stage } from "./stage-at";

/** Three players, best first. */
export const cast = ["ada", "bob", "cat"].map((player, i) => {
  return { player, name: player.toUpperCase(), score: 30 - 10 * i };
});

/** A new board with the three, and a visitor whose page has loaded all it wants. */
export async function openCast(stage: Stage, board: string, settings: object = {}): ReturnType<Stage["visit"]> {
  await stage.createBoard({ id: board, ...settings });
  await stage.post(board, cast);
  const visit = await stage.visit(`/boards/${board}`);
  await visit.page.waitForLoadState("networkidle");
  return visit;
}
