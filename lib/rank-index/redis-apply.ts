import { columnOrders } from "@/lib/domain/score";
import {
  type AppliedChanges,
  changesAtomicMax,
  type IndexBoard,
  type IndexState,
  type RankMove,
  type StandingChange,
} from "./rank-index";
import { encodeValue, parts } from "./redis-codec";
import { rebuildLockMs } from "./redis-rebuild";
import { applyScript, boardKeys } from "./redis-scripts";
import { type IndexTarget, indexArguments, type StateReply, stateOf } from "./redis-store";

/** Keeps a request, with the JSON around it, below the megabyte that Upstash takes. */
const requestBytesMax = 950_000;

type Ranks = (number | null)[];
type ApplyReply = [...StateReply, announced: number, before: Ranks, after: Ranks];

interface Applied {
  state: IndexState;
  before: Ranks;
  after: Ranks;
}

/** In one script call where it fits, which up to a thousand changes do but for ids and names of extreme length. */
export async function applyInRedis(
  target: IndexTarget,
  board: IndexBoard,
  changes: readonly StandingChange[],
  report: readonly string[],
): Promise<AppliedChanges | null> {
  const bytes = sum(changes.map(changeBytes)) + sum(report.map(textBytes));
  const atOnce = changes.length <= changesAtomicMax && report.length <= changesAtomicMax && bytes <= requestBytesMax;
  const applied = atOnce
    ? await applyStep(target, board, changes, report)
    : await applySteps(target, board, changes, report);
  if (!applied) return null;
  const moves = new Map<string, RankMove>();
  for (const [i, player] of report.entries()) {
    moves.set(player, { before: applied.before[i] ?? null, after: applied.after[i] ?? null });
  }
  return { ...applied.state, moves };
}

async function applyStep(
  { store, installationId }: IndexTarget,
  board: IndexBoard,
  changes: readonly StandingChange[],
  report: readonly string[],
): Promise<Applied | null> {
  const { z, h, m, g, lock, journal } = boardKeys(installationId, board.uid);
  const orders = columnOrders(board);
  const pairs = changes.flatMap((change) => [change.player, encodeValue(orders, change)]);
  const settings = [...indexArguments(board), board.revision, rebuildLockMs, store.channel, board.uid];
  const args = [...settings, changes.length, ...pairs, ...report];
  const reply = await store.run<ApplyReply>(applyScript, [z, h, m, g, lock, journal], args);
  if (!reply) return null;
  const state = stateOf(reply);
  await store.announce(reply[4], board.uid, state);
  return { state, before: reply[5], after: reply[6] };
}

/** Ranks before, the changes, ranks after; each in as many calls as it takes. */
async function applySteps(
  target: IndexTarget,
  board: IndexBoard,
  changes: readonly StandingChange[],
  report: readonly string[],
): Promise<Applied | null> {
  const reportParts = parts(report, changesAtomicMax, requestBytesMax, textBytes);
  const before: Ranks = [];
  for (const part of reportParts) {
    const step = await applyStep(target, board, [], part);
    if (!step) return null;
    before.push(...step.before);
  }
  for (const part of parts(changes, changesAtomicMax, requestBytesMax, changeBytes)) {
    if (!(await applyStep(target, board, part, []))) return null;
  }
  const after: Ranks = [];
  let state: IndexState | undefined;
  for (const part of reportParts) {
    const step = await applyStep(target, board, [], part);
    if (!step) return null;
    after.push(...step.after);
    state = step.state;
  }
  return state ? { state, before, after } : null;
}

function changeBytes({ player, name, values }: StandingChange): number {
  return textBytes(player) + textBytes(name) + 9 * (values.length + 2);
}

/** With the quotes and the comma of JSON; a character that JSON escapes takes one more. */
function textBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) + 1;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
