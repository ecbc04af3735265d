/** A leaderboard in SQL alone, as one would write it: ranks counted, pages sorted, by an index that fits both. */
import type postgres from "postgres";

interface Row {
  player: string;
  score: string;
  t1: string;
  t2: string;
  reached: string;
}

export class SqlBoard {
  readonly #sql: postgres.Sql;
  readonly #uid: number;

  /** Reads and writes tables of its own: `copyStandings` has to come first. */
  constructor(sql: postgres.Sql, uid: number) {
    this.#sql = sql;
    this.#uid = uid;
  }

  /** Copies all standings there are, with the same primary key, and adds the index that the queries want. */
  static async copyStandings(sql: postgres.Sql): Promise<void> {
    await sql`create schema naive`;
    await sql`create table naive.standings (like public.standings including all)`;
    await sql`create table naive.score_events (like public.score_events including all)`;
    await sql`insert into naive.standings select * from public.standings`;
    await sql`
      create index on naive.standings (board_uid, score desc, t1 desc, t2 desc, reached, player) include (name)`;
    await sql`create sequence naive.event_numbers start 1000000000`;
    await sql`vacuum (analyze) naive.standings`;
  }

  async rank(player: string): Promise<number> {
    const row = await this.#row(player);
    return (await this.#better(row)) + 1;
  }

  async around(player: string, side: number): Promise<{ rank: number; rows: Row[] }> {
    const row = await this.#row(player);
    const [better, tied] = [await this.#better(row), await this.#tiedBefore(row)];
    return { rank: better + 1, rows: await this.page(Math.max(0, better + tied - side), 2 * side + 1) };
  }

  async page(offset: number, limit: number): Promise<Row[]> {
    return this.#sql<Row[]>`
      select player, name, score, t1, t2, reached from naive.standings where board_uid = ${this.#uid}
      order by score desc, t1 desc, t2 desc, reached, player limit ${limit} offset ${offset}`;
  }

  /** Makes a score durable; answers no rank. */
  async post(player: string, [score, t1, t2]: readonly [number, number, number]): Promise<void> {
    await this.#sql`
      with event as (
        insert into naive.score_events (board_uid, seq, player, score, t1, t2, applied)
        values (${this.#uid}, nextval('naive.event_numbers'), ${player}, ${score}, ${t1}, ${t2}, true) returning seq
      )
      insert into naive.standings (board_uid, player, name, score, t1, t2, reached, seq)
      select ${this.#uid}::int4, ${player}, ${player}, ${score}::int8, ${t1}::int8, ${t2}::int8, seq, seq from event
      on conflict (board_uid, player) do update
        set score = excluded.score, t1 = excluded.t1, t2 = excluded.t2, reached = excluded.reached, seq = excluded.seq
        where (excluded.score, excluded.t1, excluded.t2) > (standings.score, standings.t1, standings.t2)`;
  }

  async #row(player: string): Promise<Row> {
    const [row] = await this.#sql<Row[]>`
      select player, score, t1, t2, reached from naive.standings where board_uid = ${this.#uid} and player = ${player}`;
    if (!row) throw new Error(`${player} has no standing`);
    return row;
  }

  async #better({ score, t1, t2 }: Row): Promise<number> {
    const [counted] = await this.#sql<{ better: string }[]>`
      select count(*) as better from naive.standings
      where board_uid = ${this.#uid} and (score, t1, t2) > (${score}::int8, ${t1}::int8, ${t2}::int8)`;
    return Number(counted?.better);
  }

  async #tiedBefore({ score, t1, t2, reached }: Row): Promise<number> {
    const [counted] = await this.#sql<{ before: string }[]>`
      select count(*) as before from naive.standings
      where board_uid = ${this.#uid} and score = ${score} and t1 = ${t1} and t2 = ${t2} and reached < ${reached}`;
    return Number(counted?.before);
  }
}
