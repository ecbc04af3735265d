/** What a rank index has to do, done the obvious way: one array, sorted and counted anew for every question. */
import type { LogStep, LogSummary } from "@/lib/domain/board-log";
import type { IndexBoard, RankMove, StandingChange } from "@/lib/rank-index/rank-index";

type LogEnd = Pick<LogSummary, "lastChange" | "digest">;

export class ModelIndex {
  readonly #players = new Map<string, StandingChange>();
  board: IndexBoard;
  version = 1;
  revision: number;
  through: number;
  digest: string;
  readonly #steps: LogStep[] = [];

  constructor(board: IndexBoard, standings: Iterable<StandingChange>, { lastChange, digest }: LogEnd) {
    this.through = lastChange;
    this.digest = digest;
    this.board = board;
    this.revision = board.revision;
    for (const standing of standings) this.#players.set(standing.player, standing);
  }

  apply(changes: readonly StandingChange[], report: readonly string[], steps: readonly LogStep[]) {
    let late = false;
    for (const step of steps) {
      late ||= step.after <= this.through && step.through < this.through;
      this.#steps.push(step);
      this.#follow();
    }
    const before = report.map((player) => this.rankOf(player));
    let visible = this.board.revision > this.revision;
    this.revision = Math.max(this.revision, this.board.revision);
    for (const change of changes) {
      const old = this.#players.get(change.player);
      if (old && old.seq >= change.seq) continue;
      this.#players.set(change.player, change);
      const shown = ({ name, values, reached }: StandingChange) => JSON.stringify([name, values, reached]);
      if (!old || shown(old) !== shown(change)) visible = true;
    }
    if (visible) this.version++;
    const moves = new Map<string, RankMove>();
    for (const [i, player] of report.entries()) {
      moves.set(player, { before: before[i] ?? null, after: this.rankOf(player) });
    }
    return { moves, late, ...this.state() };
  }

  /** Goes on from the end of one step to the next, as far as they have come. */
  #follow(): void {
    const next = this.#steps.find(({ after }) => after === this.through);
    if (!next) return;
    this.through = next.through;
    this.digest = next.digest;
    this.#follow();
  }

  state() {
    const { version, revision, through, digest } = this;
    const seqSum = [...this.#players.values()].reduce((sum, { seq }) => sum + seq, 0);
    return { version, revision, total: this.#players.size, through, digest, seqSum };
  }

  /** All entries, ranked. */
  entries() {
    const sorted = [...this.#players.values()].sort((a, b) => this.#compare(a, b));
    return sorted.map(({ player, name, values, reached }, i) => {
      const better = sorted.filter((other) => this.#compareValues(other, { values }) < 0);
      const groups = new Set(better.map((other) => JSON.stringify(other.values)));
      const rank = { competition: better.length + 1, dense: groups.size + 1, ordinal: i + 1 }[this.board.rankStyle];
      return { player, name, values, reached, rank, position: i + 1 };
    });
  }

  find(player: string, side: number) {
    const all = this.entries();
    const entry = all.find((one) => one.player === player);
    if (!entry) return null;
    const ahead = all.filter((other) => this.#compareValues(other, entry) < 0).length;
    const next = all.filter((other) => other.rank < entry.rank).at(-1) ?? null;
    const size = Math.min(2 * side + 1, all.length);
    const first = Math.min(Math.max(entry.position - 1 - side, 0), all.length - size);
    return { entry, ahead, next, around: all.slice(first, first + size) };
  }

  rankOf(player: string): number | null {
    return this.entries().find((entry) => entry.player === player)?.rank ?? null;
  }

  #compare(a: StandingChange, b: StandingChange): number {
    return (
      this.#compareValues(a, b) || a.reached - b.reached || Buffer.compare(Buffer.from(a.player), Buffer.from(b.player))
    );
  }

  #compareValues(a: Pick<StandingChange, "values">, b: Pick<StandingChange, "values">): number {
    const orders = [this.board.order, ...this.board.tiebreaks.map(({ order }) => order)];
    for (const [i, order] of orders.entries()) {
      const [x = 0, y = 0] = [a.values[i], b.values[i]];
      if (x !== y) return x < y === (order === "asc") ? -1 : 1;
    }
    return 0;
  }
}
