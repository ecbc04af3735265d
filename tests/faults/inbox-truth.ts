/** What Postgres holds of inboxes, past every proxy. */
import type { MomentKind } from "@/lib/domain/moments";
import { inSession } from "@/lib/embedded/postgres-session";

export interface StoredItem {
  id: number;
  player: string;
  kind: MomentKind;
  rank: number;
  previousRank: number;
  /** The position of the index it was seen at. */
  position: string;
  /** When the look began that found it, in milliseconds since the start of the run. */
  created: number;
  acknowledged: boolean;
}

export interface InboxTruth {
  items: (StoredItem & { board: string })[];
  /** Where each watched player stood when last judged. */
  marks: { board: string; player: string; rank: number; reached: number }[];
}

/** @param now of the run. */
export function readInboxes(databaseUrl: string, now: () => number): Promise<InboxTruth> {
  return inSession(databaseUrl, async (sql) => {
    const items = await sql<(Omit<StoredItem, "created" | "id"> & { board: string; id: string; age: number })[]>`
      select i.id, b.id as board, i.player, i.kind, i.position, (i.data->>'rank')::int as rank,
        (i.data->>'previousRank')::int as "previousRank", i.acknowledged_at is not null as acknowledged,
        (extract(epoch from clock_timestamp() - i.created_at) * 1000)::float8 as age
      from inbox_items i join boards b on b.uid = i.board_uid order by i.id`;
    const at = now();
    const marks = await sql<{ board: string; player: string; rank: string; reached: string }[]>`
      select b.id as board, m.player, m.rank, m.reached from inbox_marks m join boards b on b.uid = m.board_uid`;
    return {
      items: items.map(({ age, id, ...item }) => ({ ...item, id: Number(id), created: Math.round(at - age) })),
      marks: marks.map((mark) => ({ ...mark, rank: Number(mark.rank), reached: Number(mark.reached) })),
    };
  });
}
