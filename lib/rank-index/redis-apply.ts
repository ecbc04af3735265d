import type { LogStep } from "@/lib/domain/board-log";
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
import { applyScript, boardKeys, changeMessage } from "./redis-scripts";
import { type IndexTarget, indexArguments, type StateReply, stateOf } from "./redis-store";

/** Keeps a request, with the JSON around it, below the megabyte that Upstash takes. */
const requestBytesMax = 950_000;

type Ranks = (number | null)[];
type ApplyReply = [...StateReply, announced: number, late: number, before: Ranks, after: Ranks];
/** A step belongs to another history, and the index was deleted. */
type ForeignReply = [announced: number];

/** What one `apply` was given. */
interface Batch {
  changes: readonly StandingChange[];
  report: readonly string[];
  steps: readonly LogStep[];
}

interface Applied {
  state: IndexState;
  late: boolean;
  before: Ranks;
  after: Ranks;
}

/** In one script call where it fits, which up to a thousand changes do but for ids and names of extreme length. */
export async function applyInRedis(
  target: IndexTarget,
  board: IndexBoard,
  batch: Batch,
): Promise<AppliedChanges | null> {
  const { changes, report } = batch;
  const bytes = sum(changes.map(changeBytes)) + sum(report.map(textBytes));
  const atOnce = changes.length <= changesAtomicMax && report.length <= changesAtomicMax && bytes <= requestBytesMax;
  const applied = await (atOnce ? applyPart(target, board, batch) : applyParts(target, board, batch));
  if (!applied) return null;
  const moves = new Map<string, RankMove>();
  for (const [i, player] of report.entries()) {
    moves.set(player, { before: applied.before[i] ?? null, after: applied.after[i] ?? null });
  }
  return { ...applied.state, moves, late: applied.late };
}

async function applyPart(
  { store, installationId, onForeign }: IndexTarget,
  board: IndexBoard,
  { changes = [], report = [], steps = [] }: Partial<Batch>,
): Promise<Applied | null> {
  const { z, h, m, g, rebuild } = boardKeys(installationId, board.uid);
  const orders = columnOrders(board);
  const pairs = changes.flatMap((change) => [change.player, encodeValue(orders, change)]);
  const dropped = changeMessage(board.uid, null);
  const settings = [...indexArguments(board), board.revision, rebuildLockMs, store.channel, board.uid, dropped];
  const moves = steps.flatMap((step) => [step.after, step.afterDigest, step.through, step.digest]);
  const args = [...settings, changes.length, steps.length, ...pairs, ...moves, ...report];
  const reply = await store.run<ApplyReply | ForeignReply>(applyScript, [z, h, m, g, rebuild], args);
  if (!reply) return null;
  if (isForeign(reply)) {
    onForeign(board.uid);
    await store.announce(reply[0], board.uid, null);
    return null;
  }
  const state = stateOf(reply);
  await store.announce(reply[7], board.uid, state);
  return { state, late: reply[8] === 1, before: reply[9], after: reply[10] };
}

/** Ranks before, the changes, then that they are complete, ranks after; each in as many calls as it takes. */
async function applyParts(
  target: IndexTarget,
  board: IndexBoard,
  { changes, report, steps }: Batch,
): Promise<Applied | null> {
  const reportParts = parts(report, changesAtomicMax, requestBytesMax, textBytes);
  const before: Ranks = [];
  for (const part of reportParts) {
    const applied = await applyPart(target, board, { report: part });
    if (!applied) return null;
    before.push(...applied.before);
  }
  for (const part of parts(changes, changesAtomicMax, requestBytesMax, changeBytes)) {
    if (!(await applyPart(target, board, { changes: part }))) return null;
  }
  const after: Ranks = [];
  const stepped = await applyPart(target, board, { steps });
  let state = stepped?.state;
  for (const part of reportParts) {
    const applied = await applyPart(target, board, { report: part });
    if (!applied) return null;
    after.push(...applied.after);
    state = applied.state;
  }
  return stepped && state ? { state, late: stepped.late, before, after } : null;
}

function isForeign(reply: ApplyReply | ForeignReply): reply is ForeignReply {
  return reply.length === 1;
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
