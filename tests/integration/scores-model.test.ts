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

type Column = number | null;

interface Post {
  player: string;
  /** Null for a tiebreak that is left out, and in place of all for another name alone. */
  values: Column[] | null;
  name: string | undefined;
}

interface Row {
  player: string;
  name: string;
  /** Null for a tiebreak that was never posted. */
  values: Column[];
  reached: number;
}

type Status = "applied" | "unchanged" | "renamed" | "rejected";

/** A board done the obvious way: one array, sorted and counted anew for every question. */
class Model {
  rows: Row[] = [];
  readonly #rules: Rules;
  #clock = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  post({ player, values, name }: Post): Status {
    this.#clock++;
    const row = this.rows.find((one) => one.player === player);
    if (!values) {
      if (row?.name === name) return "unchanged";
      if (row) row.name = name ?? "";
      return row ? "renamed" : "rejected";
    }
    if (!row) {
      this.rows.push({ player, name: name ?? player, values, reached: this.#clock });
      return "applied";
    }
    const kept = name === undefined || name === row.name ? "unchanged" : "renamed";
    row.name = name ?? row.name;
    const { operator } = this.#rules;
    const after = values.map((value, i) => {
      const present = row.values[i] ?? null;
      return operator === "incr" && value !== null && present !== null ? value + present : (value ?? present);
    });
    const order = this.#compare(after, row.values);
    if (order === 0 || (operator === "best" && order > 0)) return kept;
    Object.assign(row, { values: after, reached: this.#clock });
    return "applied";
  }

  /** How to come back to how it is now. */
  undo(): () => void {
    const rows = this.rows.map((row) => ({ ...row }));
    return () => {
      this.rows = rows;
    };
  }

  entries(): Entry[] {
    const sorted = this.rows.toSorted((a, b) => this.#compare(a.values, b.values) || a.reached - b.reached);
    return sorted.map(({ player, name, values: [first, ...tiebreaks] }, i) => {
      const score = first ?? 0;
      const better = sorted.filter((other) => this.#compare(other.values, [score, ...tiebreaks]) < 0);
      const groups = new Set(better.map(({ values }) => values.join())).size;
      const rank = { competition: better.length + 1, dense: groups + 1, ordinal: i + 1 }[this.#rules.rankStyle];
      return { rank, position: i + 1, player, name, score, tiebreaks };
    });
  }

  rankOf(player: string): number | null {
    return this.entries().find((entry) => entry.player === player)?.rank ?? null;
  }

  #compare(a: Column[], b: Column[]): number {
    for (const [i, direction] of this.#rules.directions.entries()) {
      const [x = null, y = null] = [a[i], b[i]];
      if (x === y) continue;
      if (x === null || y === null) return x === null ? 1 : -1;
      return x < y === (direction === "asc") ? -1 : 1;
    }
    return 0;
  }
}

const rules = fc.record({
  operator: fc.constantFrom(...operators),
  directions: fc.array(fc.constantFrom(...orders), { minLength: 1, maxLength: 5 }),
  rankStyle: fc.constantFrom(...rankStyles),
});

const player = fc.constantFrom("a", "B", "é", "__proto__", "42", "🪜");
const name = fc.constantFrom("one", "two", "שלום");
const score = fc.integer({ min: -2, max: 2 });
const tiebreak = fc.option(score, { freq: 4 });
const post: fc.Arbitrary<Post> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      player,
      values: fc.tuple(score, tiebreak, tiebreak, tiebreak, tiebreak),
      name: fc.option(name, { nil: undefined, freq: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ player, values: fc.constant(null), name }) },
);

const bodies = fc.array(fc.record({ posts: fc.array(post, { minLength: 1, maxLength: 6 }), atomic: fc.boolean() }), {
  minLength: 1,
  maxLength: 8,
});

test("whatever is posted, replies and board are those of an array that is sorted anew each time", async () => {
  await fc.assert(
    fc.asyncProperty(rules, bodies, async (given, posted) => {
      const { directions, operator, rankStyle } = given;
      const [order = "desc", ...rest] = directions;
      const tiebreaks = rest.map((direction, i) => ({ name: `t${i}`, order: direction }));
      const board = await api.newBoard({ operator, rankStyle, order, tiebreaks });
      const model = new Model(given);
      for (const { posts, atomic } of posted) {
        const cut = posts.map((one) => ({ ...one, values: one.values?.slice(0, directions.length) ?? null }));
        await postAndCompare(board, model, cut, atomic);
      }
      const { total, entries } = (await api.get(`/api/v1/boards/${board}`)).json();
      expect(total).toBe(model.rows.length);
      expect(entries).toEqual(model.entries());
    }),
    { numRuns: 60 },
  );
});

async function postAndCompare(board: string, model: Model, body: Post[], atomic: boolean): Promise<void> {
  const undo = model.undo();
  const before = body.map(({ player }) => model.rankOf(player));
  const after = body.map((one) => {
    const status = model.post(one);
    return { status, values: model.rows.find(({ player }) => player === one.player)?.values ?? [] };
  });
  const rejected = after.filter(({ status }) => status === "rejected").length;
  const reply = await api.score(board, asJson(body), {}, atomic ? "?atomic=true" : "");
  if (rejected === body.length || (atomic && rejected > 0)) {
    undo();
    expect([reply.status, reply.json().code]).toEqual([422, "invalid-scores"]);
    expect(reply.json().errors).toHaveLength(rejected);
    return;
  }
  const expected = body.map(({ player }, i) => {
    const { status = "rejected", values: [score, ...tiebreaks] = [] } = after[i] ?? {};
    if (status === "rejected") {
      return { player, status, score: null, tiebreaks: null, rank: null, previousRank: null, error: expect.anything() };
    }
    return { player, status, score, tiebreaks, rank: model.rankOf(player), previousRank: before[i] };
  });
  expect(reply.json().results).toEqual(expected);
  expect(reply.json().rejected).toBe(rejected > 0 ? rejected : undefined);
}

/** Tiebreaks that are all left out are not written. */
function asJson(body: readonly Post[]) {
  const scores = body.map(({ player, name, values }) => {
    if (!values) return { player, name };
    const [score, ...tiebreaks] = values;
    return { player, name, score, ...(tiebreaks.some((one) => one !== null) && { tiebreaks }) };
  });
  return scores.length === 1 ? scores[0] : { scores };
}
