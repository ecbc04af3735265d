import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Operator, type Order, operators, orders, type RankStyle, rankStyles } from "@/lib/domain/board";
import type { Entry } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";

let api: ApiServer;

beforeAll(async () => {
  api = await startApi();
});

afterAll(() => api.close());

interface Rules {
  operator: Operator;
  directions: Order[];
  rankStyle: RankStyle;
}

interface Post {
  player: string;
  values: number[];
  name: string | undefined;
}

interface Row {
  player: string;
  name: string;
  values: number[];
  reached: number;
}

/** A board done the obvious way: one array, sorted and counted anew for every question. */
class Model {
  rows: Row[] = [];
  readonly #rules: Rules;
  #clock = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  post({ player, values, name }: Post): "applied" | "unchanged" {
    this.#clock++;
    const row = this.rows.find((one) => one.player === player);
    if (!row) {
      this.rows.push({ player, name: name ?? player, values, reached: this.#clock });
      return "applied";
    }
    row.name = name ?? row.name;
    const { operator } = this.#rules;
    const after = operator === "incr" ? values.map((value, i) => value + (row.values[i] ?? 0)) : values;
    const order = this.#compare(after, row.values);
    if (order === 0 || (operator === "best" && order > 0)) return "unchanged";
    Object.assign(row, { values: after, reached: this.#clock });
    return "applied";
  }

  entries(): Entry[] {
    const sorted = this.rows.toSorted((a, b) => this.#compare(a.values, b.values) || a.reached - b.reached);
    return sorted.map(({ player, name, values: [score = 0, ...tiebreaks] }, i) => {
      const better = sorted.filter((other) => this.#compare(other.values, [score, ...tiebreaks]) < 0);
      const groups = new Set(better.map(({ values }) => values.join())).size;
      const rank = { competition: better.length + 1, dense: groups + 1, ordinal: i + 1 }[this.#rules.rankStyle];
      return { rank, position: i + 1, player, name, score, tiebreaks };
    });
  }

  rankOf(player: string): number | null {
    return this.entries().find((entry) => entry.player === player)?.rank ?? null;
  }

  #compare(a: number[], b: number[]): number {
    for (const [i, direction] of this.#rules.directions.entries()) {
      const [x = 0, y = 0] = [a[i], b[i]];
      if (x !== y) return x < y === (direction === "asc") ? -1 : 1;
    }
    return 0;
  }
}

const rules = fc.record({
  operator: fc.constantFrom(...operators),
  directions: fc.array(fc.constantFrom(...orders), { minLength: 1, maxLength: 5 }),
  rankStyle: fc.constantFrom(...rankStyles),
});

const post = fc.record({
  player: fc.constantFrom("a", "B", "é", "__proto__", "42", "🪜"),
  values: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 5, maxLength: 5 }),
  name: fc.option(fc.constantFrom("one", "two", "שלום"), { nil: undefined, freq: 3 }),
});

const bodies = fc.array(fc.array(post, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 });

test("whatever is posted, replies and board are those of an array that is sorted anew each time", async () => {
  await fc.assert(
    fc.asyncProperty(rules, bodies, async (given, posted) => {
      const { directions, operator, rankStyle } = given;
      const [order = "desc", ...rest] = directions;
      const tiebreaks = rest.map((direction, i) => ({ name: `t${i}`, order: direction }));
      const board = await api.newBoard({ operator, rankStyle, order, tiebreaks });
      const model = new Model(given);
      for (const body of posted) {
        const cut = body.map((one) => ({ ...one, values: one.values.slice(0, directions.length) }));
        await postAndCompare(board, model, cut);
      }
      const { total, entries } = (await api.get(`/api/v1/boards/${board}`)).json();
      expect(total).toBe(model.rows.length);
      expect(entries).toEqual(model.entries());
    }),
    { numRuns: 60 },
  );
});

async function postAndCompare(board: string, model: Model, body: Post[]): Promise<void> {
  const before = body.map(({ player }) => model.rankOf(player));
  const after = body.map((one) => {
    const status = model.post(one);
    return { status, values: model.rows.find(({ player }) => player === one.player)?.values ?? [] };
  });
  const expected = body.map(({ player }, i) => {
    const { status = "rejected", values: [score, ...tiebreaks] = [] } = after[i] ?? {};
    return { player, status, score, tiebreaks, rank: model.rankOf(player), previousRank: before[i] };
  });
  const scores = body.map(({ player, name, values: [score, ...tiebreaks] }) => ({ player, name, score, tiebreaks }));
  const reply = await api.score(board, scores.length === 1 ? scores[0] : { scores });
  expect(reply.json().results).toEqual(expected);
}
