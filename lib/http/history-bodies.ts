/** Replies about what has been, kept encoded: routes send them, and pages begin with them. */
import { encodePastBoard, encodeRace, encodeTimeline } from "@/lib/domain/history-wire";
import { positionId } from "@/lib/domain/snapshot";
import { findMoment, type Moment, readPastBoard } from "@/lib/history/read-past-board";
import { readRace } from "@/lib/history/read-race";
import { readTimeline } from "@/lib/history/read-timeline";
import type { EncodedBody } from "@/lib/live/encoded-body";
import type { Services } from "@/lib/services";

export async function raceBody(services: Services, boardId: string, top: number): Promise<EncodedBody> {
  const live = await services.liveBoards.get(boardId);
  const { uid, revision } = live.board;
  return services.keptBodies.get(`race ${uid} ${revision} ${top}`, positionId(live), async () => {
    const race = await readRace(services, live.board, top);
    return encodeRace(race, race.board.decimals);
  });
}

export async function timelineBody(services: Services, boardId: string): Promise<EncodedBody> {
  const live = await services.liveBoards.get(boardId);
  return services.keptBodies.get(`timeline ${live.board.uid}`, positionId(live), async () => {
    return encodeTimeline(await readTimeline(services, live));
  });
}

/** `settled` when nothing that is still to come can change it. */
export async function pastBoardBody(
  services: Services,
  boardId: string,
  moment: Moment,
  limit: number,
): Promise<{ body: EncodedBody; settled: boolean }> {
  const live = await services.liveBoards.get(boardId);
  const { board } = live;
  const { seq, settled } = await findMoment(services, live, moment);
  const body = await services.keptBodies.get(`at ${board.uid} ${board.revision} ${seq} ${limit}`, "", async () => {
    return encodePastBoard({ board, ...(await readPastBoard(services, live, seq, limit)) });
  });
  return { body, settled };
}
