/** Reading score events in their order. */
import { type Sql, withDeadline } from "@/db/client";
import type { TapeEvent } from "@/lib/domain/tape";
import { toValues } from "./scores";

/** What is parsed in one turn of the event loop: a few milliseconds' worth. */
const chunk = 2_000;

type Row = [
  ...[seq: number, at: number, player: string, applied: boolean],
  ...[score: number, t1: number | null, t2: number | null, t3: number | null, t4: number | null],
];

/** A board's events after number `after` in chunks; the next one is read while the one before it is being used. */
export async function* eventsAfter(sqlClient: Sql, uid: number, after: number): AsyncGenerator<TapeEvent[]> {
  const read = (seq: number) => withDeadline(readChunk(sqlClient, uid, seq));
  let events = await read(after);
  for (;;) {
    const last = events.at(-1);
    if (!last) return;
    const next = events.length < chunk ? [] : read(last.seq);
    // It shows when it is waited for, which it is not when the reader has had enough.
    if (next instanceof Promise) next.catch(() => undefined);
    yield events;
    events = await next;
  }
}

async function readChunk(sqlClient: Sql, uid: number, after: number): Promise<TapeEvent[]> {
  const rows = await sqlClient`
    select seq, floor(extract(epoch from created_at) * 1000)::int8, player, applied, score, t1, t2, t3, t4
    from score_events where board_uid = ${uid} and seq > ${after} order by seq limit ${chunk}`.values();
  return (rows as unknown as Row[]).map(([seq, at, player, applied, ...columns]) => {
    return { seq, at, player, posted: toValues(columns), applied };
  });
}
