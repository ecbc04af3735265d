/** Reads the boards' events from Postgres all the time, past every proxy, so that the history has what Postgres held when. */
import type postgres from "postgres";
import { inSession } from "@/lib/embedded/postgres-session";
import type { RunBoard } from "./boards";
import type { History, LoggedEvent } from "./history";

export interface LogWatch {
  /** Reads now. Rejects when Postgres does not answer. */
  look(session?: Session): Promise<void>;
  /** For work in which Postgres goes back: nothing is read meanwhile, and everything anew afterwards. */
  over<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

type Session = postgres.Sql | postgres.TransactionSql;
type Row = { board: string; player: string; score: string; t1: string | null; applied: boolean };

const lookEveryMs = 150;

/** @param boards may grow. */
export function startLogWatch(databaseUrl: string, history: History, boards: readonly RunBoard[]): LogWatch {
  const known = new Map<string, LoggedEvent[]>();
  let since = 0;
  let paused = 0;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function look(given?: Session, anew = false): Promise<void> {
    looking = looking.catch(() => undefined).then(() => read(given, anew));
    return looking;
  }

  async function read(given: Session | undefined, anew: boolean): Promise<void> {
    const askedAt = history.now();
    const counts = Object.fromEntries([...known].map(([board, events]) => [board, anew ? 0 : events.length]));
    const rows = await (given ? readEvents(given, counts) : inSession(databaseUrl, (sql) => readEvents(sql, counts)));
    for (const { id: board } of boards) {
      const before = known.get(board) ?? [];
      const found = rows.filter((row) => row.board === board).map(toEvent);
      const all = [...before.slice(0, counts[board] ?? 0), ...found];
      const kept = commonLength(before, all);
      if (kept === before.length && all.length === kept) continue;
      history.add({ type: "log", board, since, kept, events: all.slice(kept) });
      known.set(board, all);
    }
    since = askedAt;
  }

  function again(): void {
    timer = setTimeout(() => {
      const work = paused > 0 ? Promise.resolve() : look();
      void work.catch(() => undefined).finally(() => !closed && again());
    }, lookEveryMs);
  }

  again();
  return {
    look,
    async over(work) {
      paused++;
      try {
        await looking.catch(() => undefined);
        return await work();
      } finally {
        await look(undefined, true);
        paused--;
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking.catch(() => undefined);
    },
  };
}

/** Those after the first so many of each board; counted, since renames leave holes in the numbers. */
function readEvents(sql: Session, counts: Record<string, number>): Promise<Row[]> {
  return sql<Row[]>`
    select b.id as board, e.player, e.score, e.t1, e.applied
    from (
      select *, row_number() over (partition by board_uid order by seq) as nth from score_events
    ) e join boards b on b.uid = e.board_uid
    where e.nth > coalesce((${sql.json(counts)}::jsonb ->> b.id)::int8, 0) order by e.seq`;
}

function toEvent({ player, score, t1, applied }: Row): LoggedEvent {
  return { player, values: [score, t1].filter((one) => one !== null).map(Number), applied };
}

function commonLength(a: readonly LoggedEvent[], b: readonly LoggedEvent[]): number {
  const i = a.findIndex((event, i) => JSON.stringify(event) !== JSON.stringify(b[i]));
  return i === -1 ? a.length : i;
}
