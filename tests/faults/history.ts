/** What happened in one run, in order: the runner's only memory of it, and all that the checker gets to see. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { MomentKind } from "@/lib/domain/moments";
import type { StoredItem } from "./inbox-truth";
import type { Ways } from "./ways";

/** A posted score; its number is posted once in a run, so that its event in Postgres can be told from all others. */
export interface PostedItem {
  player: string;
  score: number;
  tiebreaks: number[];
}

export type Happening =
  | ({ type: "ways" } & Ways)
  | { type: "board"; board: string; operator: "best" | "set" | "incr"; order: "desc" | "asc" }
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
  | { type: "healed" }
  /** An instance ended without having been killed. */
  | { type: "crash"; instance: number; how: string }
  | { type: "connected"; viewer: string; since: string | null }
  /** The viewer recognised that it had missed something, and asks again. */
  | { type: "gap"; viewer: string; why: string }
  | Seen
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

export interface RankOf {
  player: string;
  rank: number;
}

/** What a viewer shows from now on; `rows` is the digest of it. */
export interface Seen {
  type: "seen";
  viewer: string;
  kind: "stream" | "poll";
  board: string;
  how: "snapshot" | "delta" | "poll";
  epoch: string;
  version: number;
  /** Of a delta. */
  from?: number;
  rows: string;
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
  close(keep: boolean): Promise<void>;
}

export function startHistory(path: string): History {
  const startedAt = performance.now();
  const file = createWriteStream(path);
  const events: Recorded[] = [];
  const now = () => Math.round(performance.now() - startedAt);
  return {
    path,
    events,
    now,
    add(happening) {
      const recorded = { at: now(), ...happening };
      events.push(recorded);
      file.write(`${JSON.stringify(recorded)}\n`);
    },
    async close(keep) {
      await new Promise<void>((resolve) => file.end(() => resolve()));
      if (!keep) await rm(path, { force: true });
    },
  };
}
