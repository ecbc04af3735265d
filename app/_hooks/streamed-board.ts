/** What a stream makes of a board; loaded for boards that stream only. */
import { positionId } from "@/lib/domain/snapshot";
import type { BoardState } from "./board-state";
import type { BoardStream, StreamListener } from "./board-stream";
import { openSharedStream, type SharedStreamOptions } from "./shared-stream";
import {
  afterDelta,
  afterHandover,
  afterHeartbeat,
  afterStreamSnapshot,
  forNewcomer,
  fromHere,
  isBehind,
} from "./stream-state";

/** A board as its stream sees it. */
export interface StreamedBoard extends Pick<StreamListener, "onState" | "onHeard" | "onStanding" | "onInbox"> {
  boardId: string;
  player: string | null;
  getState(): BoardState;
  setState(state: BoardState): void;
  /** Shows what the state is now; polls where something is missing, and opens the stream anew where it keeps skipping. */
  show(missing: boolean, skipping: boolean): void;
}

/** A stream that keeps skipping after a poll is opened anew; the server then resumes or sends a snapshot. */
const gapsMax = 2;

export function openStreamOf(
  board: StreamedBoard,
  open: (options: SharedStreamOptions) => BoardStream = openSharedStream,
): BoardStream {
  const { boardId, player, getState, setState, show, onState, onHeard, onStanding, onInbox } = board;
  let gaps = 0;

  function change(state: BoardState, missing = false): void {
    setState(state);
    show(missing, gaps >= gapsMax);
  }

  return open({
    boardId,
    player,
    url() {
      setState(fromHere(getState()));
      const query = new URLSearchParams({ since: positionId(getState().shown) });
      if (player) query.set("player", player);
      return `/api/v1/boards/${boardId}/stream?${query}`;
    },
    handOver: () => forNewcomer(getState()),
    takeOver(handed) {
      const { state, gap } = afterHandover(getState(), handed, Date.now());
      change(state, gap);
    },
    listener: {
      onState,
      onHeard,
      onStanding,
      onInbox,
      onSnapshot: (snapshot) => change(afterStreamSnapshot(getState(), snapshot, Date.now())),
      onDelta(epoch, delta) {
        const { state, gap } = afterDelta(getState(), epoch, delta, Date.now());
        gaps = gap ? gaps + 1 : 0;
        change(state, gap);
      },
      onHeartbeat(position) {
        const state = afterHeartbeat(getState(), position, Date.now());
        change(state, isBehind(state, position));
      },
      onDeliveryOff() {
        const { shown } = getState();
        change({ ...getState(), shown: { ...shown, board: { ...shown.board, delivery: "polling" } } }, true);
      },
    },
  });
}
