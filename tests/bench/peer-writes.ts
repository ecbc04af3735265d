/**
 * What Rungs' write path is measured beside: plain ways to make the same rows durable, an event and the player's best
 * standing, in tables of the same schema. None keeps order across posts, idempotency keys or an index, which Rungs does.
 */
import postgres from "postgres";

export interface PeerScore {
  player: string;
  score: number;
}

/** Makes a score durable, then resolves. */
export type Write = (score: PeerScore) => Promise<void>;

/** As many connections as Rungs has. */
const poolMax = 20;
const groupMax = 1_000;
const boardUid = 1;

export function openPeer(url: string): postgres.Sql {
  return postgres(url, { max: poolMax, onnotice: () => undefined });
}

/** Once, in a database with the project's own tables. */
export async function preparePeer(sql: postgres.Sql): Promise<void> {
  await sql`create sequence event_numbers cache 100`;
}

/** Throws unless this Postgres makes every commit wait for the disk, and the board has so many events. */
export async function checkDurable(sql: postgres.Sql, acknowledged: number, uid: number = boardUid): Promise<void> {
  const [found] = await sql<{ fsync: string; commit: string; events: string }[]>`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      (select count(*) from score_events where board_uid = ${uid}) as events`;
  if (found?.fsync !== "on" || found.commit !== "on") throw new Error("Postgres does not wait for the disk");
  if (Number(found.events) < acknowledged) {
    throw new Error(`${acknowledged} scores were acknowledged, ${found.events} are there`);
  }
}

/** A transaction for each post, as one would write it: begin, event, standing, commit. */
export function eachInTransaction(sql: postgres.Sql): Write {
  return async ({ player, score }) => {
    await sql.begin(async (tx) => {
      const [event] = await tx<{ seq: string }[]>`
        insert into score_events (board_uid, seq, player, score, applied)
        values (${boardUid}, nextval('event_numbers'), ${player}, ${score}, true) returning seq`;
      await tx`
        insert into standings (board_uid, player, name, score, reached, seq)
        values (${boardUid}, ${player}, ${player}, ${score}, ${event?.seq ?? 0}, ${event?.seq ?? 0})
        on conflict (board_uid, player) do update
          set score = excluded.score, reached = excluded.reached, seq = excluded.seq
          where excluded.score > standings.score`;
    });
  };
}

/** The same as a single statement, which is a transaction too: one round trip. */
export function eachInStatement(sql: postgres.Sql): Write {
  return (score) => storeAll(sql, [score]);
}

/** While a transaction is under way posts queue up, and the next one takes them all. */
export function coalescing(sql: postgres.Sql): Write {
  let waiting: { score: PeerScore; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let working = false;
  async function drain(): Promise<void> {
    working = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupMax);
      waiting = waiting.slice(groupMax);
      const scores = group.map(({ score }) => score);
      await storeAll(sql, scores).then(
        () => group.map(({ resolve }) => resolve()),
        (error) => group.map(({ reject }) => reject(error)),
      );
    }
    working = false;
  }
  return (score) =>
    new Promise((resolve, reject) => {
      waiting.push({ score, resolve, reject });
      if (!working) void drain();
    });
}

/**
 * Any number of scores in one statement; of a player's several the best one counts. Players go in order, so that callers
 * at the same time never wait for each other in a circle.
 */
export async function storeAll(sql: postgres.Sql, scores: readonly PeerScore[]): Promise<void> {
  await sql`
    with posted as (
      select player, score, nextval('event_numbers') as seq
      from unnest(${scores.map(({ player }) => player)}::text[], ${scores.map(({ score }) => score)}::int8[])
        as p (player, score)
    ), events as (
      insert into score_events (board_uid, seq, player, score, applied)
      select ${boardUid}, seq, player, score, true from posted
    )
    insert into standings (board_uid, player, name, score, reached, seq)
    select distinct on (player) ${boardUid}::int4, player, player, score, seq, seq from posted
    order by player, score desc, seq
    on conflict (board_uid, player) do update
      set score = excluded.score, reached = excluded.reached, seq = excluded.seq
      where excluded.score > standings.score`;
}
