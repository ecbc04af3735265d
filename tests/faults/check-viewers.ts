import type { Recorded, Seen } from "./history";
import { limits, type Violation } from "./violation";

type SeenAt = Seen & { at: number };

/** Indexes and viewers get to the truth in time; viewers see states in order and skip none unawares. */
export function checkViewers(events: readonly Recorded[]): Violation[] {
  const of = <T extends Recorded["type"]>(type: T) =>
    events.filter((event): event is Extract<Recorded, { type: T }> => event.type === type);
  const healedAt = of("healed").at(-1)?.at ?? 0;
  const cached = of("ways").some(({ front }) => front === "nginx") ? limits.cached : 0;
  const limitOf = { stream: limits.stream, page: limits.stream, poll: limits.poll + cached };
  const truths = new Map(of("truth").map((truth) => [truth.board, truth]));
  const violations: Violation[] = [];
  const indexRightAt = new Map<string, number>();

  for (const [board, { at, rows }] of truths) {
    const settledAt = Math.max(healedAt, at);
    const byInstance = groupBy(
      of("index").filter((index) => index.board === board),
      ({ instance }) => `instance ${instance}`,
    );
    if (byInstance.size === 0) violations.push({ invariant: "index", detail: `nobody served ${board}` });
    for (const [instance, served] of byInstance) {
      const rightAt = stableSince(served, rows);
      indexRightAt.set(board, Math.max(indexRightAt.get(board) ?? settledAt, rightAt ?? settledAt));
      const late = lateness(rightAt, settledAt, limits.index);
      if (late) violations.push({ invariant: "index", detail: `${board} on ${instance} was right ${late}` });
    }
  }

  const probes = of("probe");
  for (const [viewer, seen] of groupBy(of("seen"), (one) => one.viewer)) {
    violations.push(...checkOrder(viewer, seen));
    const { board = "", kind = "poll" } = seen[0] ?? {};
    const probed = probes.filter((probe) => probe.board === board);
    const before = seen.filter(({ at }) => at <= (probed[0]?.since ?? Number.POSITIVE_INFINITY));
    const truth = truths.get(board);
    if (!truth) continue;
    const settledAt = Math.max(healedAt, truth.at, kind === "poll" ? (indexRightAt.get(board) ?? 0) : 0);
    const late = lateness(stableSince(before, truth.window), settledAt, limitOf[kind]);
    if (late)
      violations.push({ invariant: `${kind} converges`, detail: `${viewer} showed the final ${board} ${late}` });
    if (kind !== "stream") continue;
    for (const { since, key, window } of probed) {
      const already = seen.findLast((one) => one.at < since)?.rows === window;
      const shown = already ? { at: since } : seen.find((one) => one.at >= since && one.rows === window);
      const slow = lateness(shown?.at, since, limits.fresh);
      if (slow) violations.push({ invariant: "fresh", detail: `${viewer} showed ${key} on ${board} ${slow}` });
    }
  }
  return violations;
}

function checkOrder(viewer: string, seen: readonly SeenAt[]): Violation[] {
  const violations: Violation[] = [];
  const newest = new Map<string, number>();
  let before: SeenAt | undefined;
  for (const one of seen) {
    const { epoch, version, how, from, at } = one;
    const where = `${viewer} at ${at} ms`;
    const highest = newest.get(epoch) ?? 0;
    if (version < highest) {
      violations.push({ invariant: "versions grow", detail: `${where} went from ${epoch}-${highest} to ${version}` });
    } else if (before && before.epoch !== epoch && newest.has(epoch) && leftForGood(before.epoch, epoch)) {
      violations.push({ invariant: "no way back", detail: `${where} went from ${before.epoch} back to ${epoch}` });
    }
    if (how === "delta" && (before?.epoch !== epoch || before.version !== from || version <= before.version)) {
      const stood = before ? `${before.epoch}-${before.version}` : "nothing";
      violations.push({ invariant: "deltas chain", detail: `${where}: ${epoch}-${from} to ${version} after ${stood}` });
    }
    newest.set(epoch, Math.max(highest, version));
    before = one;
  }
  return violations;
}

/** Postgres' own epoch stands in while the index is away, and goes again; any other ends the one before it. */
function leftForGood(now: string, earlier: string): boolean {
  return now !== "pg" && earlier !== "pg";
}

/** Since when this has been the last word; undefined when it is not. */
function stableSince(states: readonly { at: number; rows: string }[], rows: string): number | undefined {
  let since: number | undefined;
  for (const state of states) since = state.rows === rows ? (since ?? state.at) : undefined;
  return since;
}

function lateness(at: number | undefined, since: number, limit: number): string | undefined {
  if (at === undefined) return "never";
  return at - since > limit ? `${((at - since) / 1_000).toFixed(1)} s late` : undefined;
}

function groupBy<T>(all: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(nameOf(one));
    if (group) group.push(one);
    else groups.set(nameOf(one), [one]);
  }
  return groups;
}
