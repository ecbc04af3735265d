/**
 * Replies about what has been, kept encoded: routes send them, and pages begin with them. Keys have the index's epoch: where
 * Postgres went back, there is a new one.
 */
import { encodeHistory, encodePastBoard, encodeRace, encodeTimeline } from "@/lib/domain/history-wire";
import { positionId } from "@/lib/domain/snapshot";
import { readHistory } from "@/lib/history/read-history";
import { findMoment, type Moment, readPastBoard } from "@/lib/history/read-past-board";
import { readRace } from "@/lib/history/read-race";
import { readTimeline } from "@/lib/history/read-timeline";
import type { BoardNow } from "@/lib/history/tapes";
import type { EncodedBody } from "@/lib/live/encoded-body";
import type { Admit } from "@/lib/read-gate/read-gate";
import type { Services } from "@/lib/services";
import { liveBoardOf } from "./live-board-of";

/**
 * Runs work on the events of a board in the client's turn, once the events are read. Replies are shared with other clients
 * that ask for the same, and those must not wait for this client's turn to read events.
 */
export function inHistoryTurn({ tapes }: Services, now: BoardNow, admit: Admit) {
  return <T>(work: () => Promise<T>): Promise<T> =>
    admit("history", async () => {
      await tapes.ready(now, admit.client);
      return work();
    });
}

export async function raceBody(services: Services, boardId: string, top: number, admit: Admit): Promise<EncodedBody> {
  const live = await liveBoardOf(services, boardId, admit);
  const { uid, revision } = live.board;
  const key = `race ${uid} ${revision} ${live.epoch} ${top}`;
  const make = async () => {
    const race = await readRace(services, live.board, top);
    return encodeRace(race, race.board.decimals);
  };
  return services.keptBodies.get(key, positionId(live), make, inHistoryTurn(services, live, admit));
}

export async function timelineBody(services: Services, boardId: string, admit: Admit): Promise<EncodedBody> {
  const live = await liveBoardOf(services, boardId, admit);
  const key = `timeline ${live.board.uid} ${live.epoch}`;
  const make = async () => encodeTimeline(await readTimeline(services, live));
  return services.keptBodies.get(key, positionId(live), make, inHistoryTurn(services, live, admit));
}

/** `settled` when nothing that is still to come can change it, and nothing of it be lost. */
export async function pastBoardBody(
  services: Services,
  boardId: string,
  moment: Moment,
  limit: number,
  admit: Admit,
): Promise<{ body: EncodedBody; settled: boolean }> {
  const live = await liveBoardOf(services, boardId, admit);
  const { board } = live;
  const find = () => findMoment(services, live, moment);
  const { seq, settled } = services.tapes.holds(board.uid)
    ? await find()
    : await inHistoryTurn(services, live, admit)(find);
  const make = async () => encodePastBoard({ board, ...(await readPastBoard(services, live, seq, limit)) });
  const key = `at ${board.uid} ${board.revision} ${live.epoch} ${seq} ${limit}`;
  const body = await services.keptBodies.get(key, "", make, inHistoryTurn(services, live, admit));
  return { body, settled };
}

export async function historyBody(
  services: Services,
  boardId: string,
  player: string,
  admit: Admit,
): Promise<EncodedBody> {
  const live = await liveBoardOf(services, boardId, admit);
  const { uid, revision, decimals } = live.board;
  const key = `history ${uid} ${revision} ${live.epoch} ${player}`;
  const make = async () => encodeHistory(await readHistory(services, live, player), decimals);
  return services.keptBodies.get(key, positionId(live), make, inHistoryTurn(services, live, admit));
}
