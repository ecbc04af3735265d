/** Plays steps on a rank index and on the model, and compares after each. */
import { expect } from "vitest";
import type { LogStep } from "@/lib/domain/board-log";
import { columnOrders, missingValue } from "@/lib/domain/score";
import type { IndexBoard, RankIndex, StandingChange } from "@/lib/rank-index/rank-index";
import type { Step } from "./rank-index-arbitraries";
import { ModelIndex } from "./rank-index-model";

export class Play {
  readonly #index: RankIndex;
  readonly #players: string[];
  #board: IndexBoard;
  /** What Postgres would hold. */
  readonly #truth = new Map<string, StandingChange>();
  readonly #sent: StandingChange[] = [];
  readonly #steps: LogStep[] = [];
  #seq = 0;
  #model: ModelIndex | null = null;
  #epoch = "";

  constructor(index: RankIndex, board: IndexBoard, players: string[]) {
    this.#index = index;
    this.#board = board;
    this.#players = players;
  }

  async step(step: Step): Promise<void> {
    if (step.kind === "apply") await this.#apply(step);
    if (step.kind === "deliver") await this.#deliverAgain(step.seed);
    if (step.kind === "page") return this.comparePage(step.offset, step.limit);
    if (step.kind === "player") return this.#comparePlayer(this.#players[step.player] ?? "nobody", step.around);
    if (step.kind === "rebuild") await this.#rebuild(step.batch);
    if (step.kind === "revise") await this.#revise();
    if (step.kind === "drop") await this.#drop();
    await this.comparePage(0, 50);
    await this.#compareStates();
  }

  async comparePage(offset: number, limit: number): Promise<void> {
    const page = await this.#index.page(this.#board, offset, limit);
    const expected = this.#model?.entries().slice(offset, offset + limit);
    expect(page).toEqual(this.#model && { ...this.#named(), entries: expected });
  }

  async #apply({ posts, report, late }: Extract<Step, { kind: "apply" }>): Promise<void> {
    const after = this.#seq;
    const changes = posts.map((post) => {
      const player = this.#players[post.player] ?? "nobody";
      const old = this.#truth.get(player);
      const seq = ++this.#seq;
      const values = post.values ? this.#columns(post.values) : (old?.values ?? this.#columns([]));
      const same = JSON.stringify(values) === JSON.stringify(old?.values);
      const change = { player, name: post.name, values, reached: same ? (old?.reached ?? seq) : seq, seq };
      this.#truth.set(player, change);
      return change;
    });
    const steps = changes.length > 0 ? [stepBetween(after, this.#seq)] : [];
    this.#sent.push(...changes);
    this.#steps.push(...steps);
    if (!late) await this.#deliver(changes, [...new Set(report.map((i) => this.#players[i] ?? "nobody"))], steps);
  }

  /** Everything once more, in any order. */
  async #deliverAgain(seed: number): Promise<void> {
    const twice = <T>(items: T[]) => shuffled([...items, ...items], seed);
    await this.#deliver(twice(this.#sent), [], twice(this.#steps));
  }

  async #deliver(changes: StandingChange[], report: string[], steps: LogStep[] = []): Promise<void> {
    const applied = await this.#index.apply(this.#board, changes, report, steps);
    expect(applied).toEqual(this.#model && { epoch: this.#epoch, ...this.#model.apply(changes, report, steps) });
  }

  async #rebuild(batch: number): Promise<void> {
    const all = [...this.#truth.values()];
    async function* standings() {
      for (let i = 0; i < all.length; i += batch) yield all.slice(i, i + batch);
    }
    const end = { lastChange: this.#seq, digest: digestAt(this.#seq) };
    const source = { log: async () => end, standings };
    const state = await this.#index.rebuild(this.#board, source);
    expect(state?.epoch).toMatch(/^[a-z0-9]{8}$/);
    expect(state?.epoch).not.toBe(this.#epoch);
    this.#epoch = state?.epoch ?? "";
    this.#model = new ModelIndex(this.#board, all, end);
    expect(state).toEqual(this.#named());
  }

  async #revise(): Promise<void> {
    this.#board = { ...this.#board, revision: this.#board.revision + 1 };
    if (this.#model) this.#model.board = this.#board;
    await this.#deliver([], []);
  }

  async #drop(): Promise<void> {
    await this.#index.drop(this.#board.uid);
    this.#model = null;
  }

  async #comparePlayer(player: string, around: number): Promise<void> {
    const read = await this.#index.player(this.#board, player, around);
    expect(read).toEqual(this.#model && { ...this.#named(), found: this.#model.find(player, around) });
  }

  async #compareStates(): Promise<void> {
    const { uid } = this.#board;
    const states = await this.#index.states([uid, uid + 1_000_000]);
    expect(states).toEqual(new Map(this.#model ? [[uid, this.#named()]] : []));
  }

  #named() {
    return { epoch: this.#epoch, ...this.#model?.state() };
  }

  #columns(values: readonly (number | null)[]): number[] {
    return columnOrders(this.#board).map((order, i) => values[i] ?? (i === 0 ? 0 : missingValue(order)));
  }
}

/** Any text that is another one for another event. */
export function digestAt(seq: number): string {
  return `d${seq}`;
}

export function stepBetween(after: number, through: number): LogStep {
  return { after, afterDigest: digestAt(after), through, digest: digestAt(through) };
}

function shuffled<T>(items: T[], seed: number): T[] {
  let state = seed + 1;
  for (let i = items.length - 1; i > 0; i--) {
    state = (state * 48_271) % 2_147_483_647;
    const j = state % (i + 1);
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
