/**
 * The rank index for one process, where there is no Redis. Same members in the same order as in Redis; gone with the
 * process, and rebuilt from Postgres like any other. Each method works in one turn of the event loop.
 */
import type { LogStep } from "@/lib/domain/board-log";
import type { RankedStanding } from "@/lib/domain/ranking";
import { BoardMembers } from "./board-members";
import { newEpoch } from "./new-epoch";
import { indexShape } from "./order-key";
import type { IndexBoard, IndexPosition, IndexState, RankIndex, RankMove, StandingChange } from "./rank-index";
import { Steps } from "./steps";

interface Index {
  members: BoardMembers;
  shape: string;
  epoch: string;
  version: number;
  revision: number;
  steps: Steps;
}

/** What is applied to a board while its index is being rebuilt. */
interface Journal {
  changes: StandingChange[];
  steps: LogStep[];
  revision: number;
}

export interface InProcessRankIndexOptions {
  /** Told of every visible change; null when an index was dropped. */
  announce(uid: number, position: IndexPosition | null): void;
  /** Receives the board of an index that was deleted because it belongs to another history. */
  onForeign(uid: number): void;
}

export function createInProcessRankIndex({ announce, onForeign }: InProcessRankIndexOptions): RankIndex {
  const indexes = new Map<number, Index>();
  const journals = new Map<number, Journal>();

  const usable = (board: IndexBoard) => {
    const index = indexes.get(board.uid);
    return index?.shape === indexShape(board) ? index : undefined;
  };

  return {
    async apply(board, changes, report, steps = []) {
      const index = usable(board);
      if (!index) return null;
      const moves = new Map<string, RankMove>();
      const rankOf = (player: string) => index.members.rankOf(board.rankStyle, player);
      for (const player of report) moves.set(player, { before: rankOf(player), after: null });
      const verdicts = steps.map((step) => index.steps.add(step));
      if (verdicts.includes("foreign")) {
        indexes.delete(board.uid);
        announce(board.uid, null);
        onForeign(board.uid);
        return null;
      }
      let visible = false;
      for (const change of changes) visible = index.members.put(change) || visible;
      if (board.revision > index.revision) {
        index.revision = board.revision;
        visible = true;
      }
      const journal = journals.get(board.uid);
      journal?.changes.push(...changes);
      journal?.steps.push(...steps);
      if (journal) journal.revision = Math.max(journal.revision, board.revision);
      if (visible) {
        index.version++;
        announce(board.uid, positionOf(index));
      }
      for (const [player, move] of moves) move.after = rankOf(player);
      return { ...stateOf(index), moves, late: verdicts.includes("late") };
    },

    async states(uids) {
      const states = new Map<number, IndexState>();
      for (const uid of uids) {
        const index = indexes.get(uid);
        if (index) states.set(uid, stateOf(index));
      }
      return states;
    },

    async page(board, offset, limit) {
      const index = usable(board);
      return index ? { ...stateOf(index), entries: index.members.page(board.rankStyle, offset, limit) } : null;
    },

    async player(board, player, around) {
      const index = usable(board);
      return index ? { ...stateOf(index), found: find(index.members, board, player, around) } : null;
    },

    async rebuild(board, source) {
      if (journals.has(board.uid)) return null;
      const journal: Journal = { changes: [], steps: [], revision: board.revision };
      journals.set(board.uid, journal);
      try {
        const members = new BoardMembers(board);
        const { lastChange, digest } = await source.log();
        const steps = new Steps(lastChange, digest);
        for await (const batch of source.standings()) {
          for (const standing of batch) members.put(standing);
        }
        // A drop meanwhile took the journal away.
        if (journals.get(board.uid) !== journal) return null;
        for (const change of journal.changes) members.put(change);
        const isForeign = journal.steps.map((step) => steps.add(step)).includes("foreign");
        if (isForeign) return null;
        const { revision } = journal;
        const index = { members, steps, shape: indexShape(board), epoch: newEpoch(), version: 1, revision };
        indexes.set(board.uid, index);
        announce(board.uid, positionOf(index));
        return stateOf(index);
      } finally {
        if (journals.get(board.uid) === journal) journals.delete(board.uid);
      }
    },

    async drop(uid, epoch) {
      if (epoch !== undefined && indexes.get(uid)?.epoch !== epoch) return;
      indexes.delete(uid);
      journals.delete(uid);
      announce(uid, null);
    },

    shardOf: () => "",
    async probe() {},
    async close() {},
  };
}

function find(members: BoardMembers, board: IndexBoard, player: string, around: number) {
  const place = members.placeOf(player);
  if (place === null) return null;
  const size = Math.min(2 * around + 1, members.size);
  const first = Math.max(0, Math.min(place - around, members.size - size));
  const entries = members.page(board.rankStyle, first, size);
  const ahead = members.aheadOf(player);
  const nextPosition = board.rankStyle === "ordinal" ? place : ahead;
  const [next = null] = nextPosition > 0 ? members.page(board.rankStyle, nextPosition - 1, 1) : [];
  return { entry: entries[place - first] as RankedStanding, ahead, next, around: entries };
}

function positionOf({ epoch, version, revision }: Index): IndexPosition {
  return { epoch, version, revision };
}

function stateOf({ epoch, version, revision, members, steps }: Index): IndexState {
  const { through, digest } = steps;
  return { epoch, version, revision, total: members.size, through, digest, seqSum: members.seqSum };
}
