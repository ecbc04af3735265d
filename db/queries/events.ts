/** Reading score events in their order. */
import { type Sql, withDeadline } from "@/db/client";
import type { TapeEvent } from "@/lib/domain/tape";
import { toValues } from "./scores";

/** Identifies an event: another history of the board has another one of the same number. */
export interface EventMark {
  seq: number;
  /** When it was stored, in microseconds since 1970. */
  micros: number;
  player: string;
}

export interface EventChunk {
  events: TapeEvent[];
  /** Of the last of them. */
  last: EventMark;
}

/** The event that reading was to go on from is no longer there: Postgres was restored, or promoted with commits missing. */
export class OtherHistoryError extends Error {
  override readonly name = "OtherHistoryError";
}

/** What is parsed in one turn of the event loop: a few milliseconds' worth. */
const chunk = 2_000;

type Row = [
  ...[seq: number, micros: number, player: string, applied: boolean],
  ...[score: number, t1: number | null, t2: number | null, t3: number | null, t4: number | null],
];

/**
 * A board's events after `last` in chunks, from the first on where it is null; the next chunk is read while the one before
 * it is being used. Throws OtherHistoryError.
 */
export async function* eventsAfter(
  sqlClient: Sql,
  uid: number,
  last: EventMark | null,
): AsyncGenerator<EventChunk, void> {
  const read = (after: EventMark | null) => withDeadline(readChunk(sqlClient, uid, after));
  let present = await read(last);
  while (present) {
    const next = present.events.length < chunk ? null : read(present.last);
    // It shows when it is waited for, which it is not when the reader has had enough.
    next?.catch(() => undefined);
    yield present;
    present = await next;
  }
}

/** Null when there are none. The read begins with the event `after` itself, which has to be the same as before. */
async function readChunk(sqlClient: Sql, uid: number, after: EventMark | null): Promise<EventChunk | null> {
  const found = await sqlClient`
    select seq, (extract(epoch from created_at) * 1000000)::int8, player, applied, score, t1, t2, t3, t4
    from score_events where board_uid = ${uid} and seq >= ${after?.seq ?? 0}
    order by seq limit ${after ? chunk + 1 : chunk}`.values();
  const rows = found as unknown as Row[];
  if (after && !isOf(rows.shift(), after)) throw new OtherHistoryError();
  const newest = rows.at(-1);
  if (!newest) return null;
  const [seq, micros, player] = newest;
  return { events: rows.map(toEvent), last: { seq, micros, player } };
}

function isOf(row: Row | undefined, mark: EventMark): boolean {
  return row?.[0] === mark.seq && row[1] === mark.micros && row[2] === mark.player;
}

function toEvent([seq, micros, player, applied, ...columns]: Row): TapeEvent {
  return { seq, at: Math.floor(micros / 1_000), player, posted: toValues(columns), applied };
}
