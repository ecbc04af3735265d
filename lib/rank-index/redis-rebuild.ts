/**
 * Builds an index beside the old one and swaps it in. A lock, kept alive while copying, lets one instance work at a
 * time; if it dies the lock and the half-made copy expire. Changes applied meanwhile are journalled and carried over.
 */
import { randomBytes } from "node:crypto";
import type { Order } from "@/lib/domain/board";
import { type LogSummary, movedSeqSum } from "@/lib/domain/board-log";
import { columnOrders } from "@/lib/domain/score";
import { newEpoch } from "./new-epoch";
import { columnsWidth } from "./order-key";
import {
  type IndexBoard,
  type IndexSource,
  type IndexState,
  IndexUnavailableError,
  type StandingChange,
} from "./rank-index";
import { encodeValue, parts } from "./redis-codec";
import { abandonScript, beginScript, boardKeys, copyKeys, copyScript, swapScript } from "./redis-scripts";
import { type IndexTarget, indexArguments } from "./redis-store";

export const rebuildLockMs = 15_000;

/** Redis serves nobody else while it takes a part, which for so many is about two milliseconds. */
const copyMax = 500;
const copyBytesMax = 500_000;

export async function rebuildInRedis(
  target: IndexTarget,
  board: IndexBoard,
  source: IndexSource,
): Promise<IndexState | null> {
  const { store, installationId } = target;
  const token = randomBytes(8).toString("hex");
  const { rebuild } = boardKeys(installationId, board.uid);
  if ((await store.run<number>(beginScript, [rebuild], [token, rebuildLockMs])) !== 1) return null;
  const copy = new Copy(target, board, token);
  // For a source that takes its time; a failure shows when the next part is added.
  const keepAlive = setInterval(() => copy.add([]).catch(() => undefined), rebuildLockMs / 3);
  try {
    const log = await source.log();
    let sent = Promise.resolve(true);
    for await (const batch of source.standings()) {
      for (const part of parts(batch, copyMax, copyBytesMax, standingBytes)) {
        // Redis works on one while the next is made.
        const next = copy.add(part);
        next.catch(() => undefined);
        if (!(await sent)) return null;
        sent = next;
      }
    }
    return (await sent) ? await copy.swap(log) : null;
  } catch (error) {
    await copy.abandon().catch(() => undefined);
    throw error;
  } finally {
    clearInterval(keepAlive);
  }
}

type SwapReply = [revision: number, total: number, through: number, digest: string, seqSum: number, announced: number];

/** An index in the making, and how much was put into it. */
class Copy {
  readonly #target: IndexTarget;
  readonly #board: IndexBoard;
  readonly #orders: readonly Order[];
  readonly #token: string;
  readonly #keys: { z: string; h: string; g: string };
  readonly #rebuild: string;
  #members = 0;
  #groups = 0;
  #seqSum = 0;

  constructor(target: IndexTarget, board: IndexBoard, token: string) {
    this.#target = target;
    this.#board = board;
    this.#orders = columnOrders(board);
    this.#token = token;
    this.#keys = copyKeys(target.installationId, board.uid, token);
    this.#rebuild = boardKeys(target.installationId, board.uid).rebuild;
  }

  /** False when the lock is no longer ours. */
  async add(part: readonly StandingChange[]): Promise<boolean> {
    const { z, h, g } = this.#keys;
    const pairs = part.flatMap((standing) => [standing.player, encodeValue(this.#orders, standing)]);
    const args = [this.#token, this.#board.rankStyle, columnsWidth(this.#board), rebuildLockMs, ...pairs];
    const added = await this.#target.store.run<number[]>(copyScript, [z, h, g, this.#rebuild], args);
    if (!added) return false;
    const [members = 0, , groups = 0] = added;
    this.#members += members;
    this.#groups += groups;
    for (const { seq } of part) this.#seqSum = movedSeqSum(this.#seqSum, seq);
    return true;
  }

  /** Null when the lock is no longer ours; throws IndexUnavailableError when the copy lost entries meanwhile. */
  async swap({ lastChange, digest }: Pick<LogSummary, "lastChange" | "digest">): Promise<IndexState | null> {
    const { store, installationId } = this.#target;
    const board = this.#board;
    const { z, h, m, g } = boardKeys(installationId, board.uid);
    const epoch = newEpoch();
    const settings = [...indexArguments(board), this.#token, epoch, board.revision, store.channel, board.uid];
    const swapped = await store.run<SwapReply | []>(
      swapScript,
      [z, h, m, g, this.#rebuild, this.#keys.z, this.#keys.h, this.#keys.g],
      [...settings, lastChange, digest, this.#seqSum, this.#members, this.#groups],
    );
    if (!swapped) return null;
    if (swapped.length === 0) {
      const detail = "Redis evicted keys of it; maxmemory-policy must be noeviction, with enough memory";
      const message = `the rank index of board ${board.uid} lost entries while it was built: ${detail}`;
      throw new IndexUnavailableError(message, { fault: "lost" });
    }
    const [revision, total, through, digestNow, seqSum, announced] = swapped;
    const state = { epoch, version: 1, revision, total, through, digest: digestNow, seqSum };
    await store.announce(announced, board.uid, state);
    return state;
  }

  abandon() {
    const { z, h, g } = this.#keys;
    return this.#target.store.run(abandonScript, [this.#rebuild, z, h, g], [this.#token]);
  }
}

function standingBytes({ player, name, values }: StandingChange): number {
  return Buffer.byteLength(player) + Buffer.byteLength(name) + 9 * (values.length + 2);
}
