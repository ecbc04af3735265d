/** What happened in one run, in order: the runner's only memory of it, and all that the checker gets to see. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import type { MomentKind } from "@/lib/domain/moments";
import { missingValue } from "@/lib/domain/score";
import type { Snapshot } from "@/lib/domain/snapshot";
import type { RunBoard } from "./boards";
import type { StoredItem } from "./inbox-truth";
import { rowsDigest } from "./rows-digest";
import type { Ways } from "./ways";

/** A posted score; its number is posted once in a run, so that its event in Postgres can be told from all others. */
export interface PostedItem {
  player: string;
  score: number;
  /** Left out: those that the player has stay, or are missing. */
  tiebreaks?: number[];
}

export type Happening =
  | ({ type: "ways" } & Ways)
  | BoardRules
  | { type: "post"; key: string; board: string; items: PostedItem[] }
  /** The final answer, after so many attempts. */
  | { type: "answer"; key: string; status: number; attempts: number }
  /** The writer gave up: it may have been stored or not. */
  | { type: "unknown"; key: string; attempts: number; reason: string }
  | { type: "fault"; fault: string; what: string }
  /** How often it struck: a fault that meets nothing proves nothing. */
  | { type: "felt"; count: number }
  /** Postgres went back to where it was at `since` or later: what was answered from then on may be gone. */
  | { type: "lost"; since: number }
  /** A board was deleted, with all that was stored of it. */
  | { type: "removed"; board: string }
  | { type: "healed" }
  /** An instance ended without having been killed. */
  | { type: "crash"; instance: number | string; how: string }
  | { type: "connected"; viewer: string; since: string | null }
  /** The viewer recognised that it had missed something, and asks again. */
  | { type: "gap"; viewer: string; why: string }
  | Seen
  | Served
  /** The first `served` of these rows follows. */
  | ServedRows
  /** What Postgres held: of the events known before so many, then these, which it did not hold yet at `since`. */
  | { type: "log"; board: string; since: number; kept: number; events: LoggedEvent[] }
  /** From here on the runner has made an index wrong in itself. */
  | { type: "spoilt" }
  /** What a page says of itself from now on. */
  | { type: "page"; viewer: string; board: string; status: ConnectionStatus; gone: boolean }
  /** A plain EventSource has given up for good. */
  | { type: "closed"; viewer: string }
  /** From now on until healing nothing of the server reaches a page: by what is connected now, or by any way. */
  | { type: "link"; lost: "connections" | "everything" }
  /** Postgres at rest: what every index and viewer has to show. Written again when it changed. */
  | { type: "truth"; board: string; rows: string; window: string }
  /** A whole board as an instance serves it. */
  | { type: "index"; board: string; instance: number; rows: string }
  /** Long after healing: what viewers have to show soon after `since`. */
  | { type: "probe"; board: string; key: string; since: number; window: string }
  /** From now on the player's inboxes are kept and read. */
  | { type: "watched"; player: string }
  /** An item of an inbox came before the player's eyes. */
  | { type: "shown"; board: string; player: string; id: number; kind: MomentKind; rank: number }
  /** All is at rest since `since`: where watched players stand, and where they stood when last judged. */
  | { type: "judged"; since: number; players: { board: string; player: string; rank: number; judged: number | null }[] }
  /** A last post put somebody ahead of all of these, whose ranks are those before; items after `newest` may tell of it. */
  | { type: "overtaken"; board: string; key: string; since: number; newest: number; players: RankOf[] }
  /** Every item of a board's inboxes at the end, and where the watched players stand then. */
  | { type: "inbox"; board: string; items: StoredItem[]; ranks: RankOf[] }
  | { type: "stored"; board: string; events: StoredEvent[]; standings: { player: string; score: number }[] };

export interface BoardRules extends Omit<RunBoard, "id" | "delivery"> {
  type: "board";
  board: string;
}

export interface RankOf {
  player: string;
  rank: number;
}

/** What a viewer shows from now on; `rows` is the digest of it. */
export interface Seen {
  type: "seen";
  viewer: string;
  /** `page`: by stream, and by polls beside it. */
  kind: "stream" | "poll" | "page";
  board: string;
  how: "snapshot" | "delta" | "poll";
  epoch: string;
  version: number;
  /** Of a delta. */
  from?: number;
  rows: string;
}

/** A board as it was served in a reply or an event, or confirmed by a 304 or a heartbeat. */
export interface Served {
  type: "served";
  /** A viewer, or an instance. */
  by: string;
  kind: "stream" | "poll" | "visit";
  board: string;
  /** When it was asked for; of a stream, when it came. */
  askedAt: number;
  /** Digest; begins with `stale-` when it was marked. */
  rows: string;
}

export interface ServedRows {
  type: "rows";
  rows: string;
  total: number;
  entries: { rank: number; player: string; values: number[] }[];
}

export interface LoggedEvent {
  player: string;
  values: number[];
  applied: boolean;
}

export interface StoredEvent {
  player: string;
  score: number;
  applied: boolean;
}

/** `at` in milliseconds since the start of the run. */
export type Recorded = Happening & { at: number };

export interface History {
  path: string;
  events: readonly Recorded[];
  now(): number;
  add(happening: Happening): void;
  /** Gives the digest of what was served. */
  served(
    what: Omit<Served, "type" | "rows">,
    shown: Pick<Snapshot, "entries" | "total" | "stale">,
    isStale?: boolean,
  ): string;
  close(keep: boolean): Promise<void>;
}

export function startHistory(path: string): History {
  const startedAt = performance.now();
  const file = createWriteStream(path);
  const events: Recorded[] = [];
  const now = () => Math.round(performance.now() - startedAt);
  const described = new Set<string>();

  function add(happening: Happening): void {
    const recorded = { at: now(), ...happening };
    events.push(recorded);
    file.write(`${JSON.stringify(recorded)}\n`);
  }

  return {
    path,
    events,
    now,
    add,
    served(what, { entries, total, stale }, isStale = stale === true) {
      const rows = rowsDigest(entries, total, isStale);
      if (!isStale && !described.has(rows)) {
        described.add(rows);
        add({ type: "rows", rows, total, entries: entries.map(toRow) });
      }
      add({ type: "served", ...what, rows });
      return rows;
    },
    async close(keep) {
      await new Promise<void>((resolve) => file.end(() => resolve()));
      if (!keep) await rm(path, { force: true });
    },
  };
}

function toRow({ rank, player, score, tiebreaks }: Snapshot["entries"][number]): ServedRows["entries"][number] {
  // Tiebreaks of a run are ascending.
  return { rank, player, values: [score, ...tiebreaks.map((one) => one ?? missingValue("asc"))] };
}
