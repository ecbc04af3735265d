/**
 * Plays a contest onto a board as its backend would have: at each tick it posts whatever is due by the contest's clock.
 * Values are absolute and every batch has an idempotency key of its own, so nothing counts twice, however often this
 * process or the server is interrupted.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ContestFolder } from "@/lib/contest/folder";
import { type ContestPost, contestPosts } from "@/lib/contest/scoring";
import { batchItemsMax } from "@/lib/domain/score-input";
import type { SubmitReply } from "@/lib/domain/snapshot";
import { type ApiOptions, call, refusal } from "./api";
import { CommandError } from "./command";
import type { Progress } from "./progress";
import { prepareBoard, standsOnBoard } from "./replay-board";
import { newReplayState, type ReplayState, readReplayState, replayStatePath, writeReplayState } from "./replay-state";
import { clockText, createReplayStatus, type ReplayStatus } from "./replay-status";

export interface ReplayOptions {
  folder: ContestFolder;
  board: string;
  url: string;
  /** What the server is remembered by, where its address may be another one next time; the address if left out. */
  server?: string;
  key: string;
  /** How much faster than the contest; Infinity posts as fast as the server takes it. */
  speed: number;
  dataDir: string;
  restart: boolean;
  progress: Progress;
  signal: AbortSignal;
}

interface Replay {
  options: ReplayOptions;
  api: ApiOptions;
  posts: ContestPost[];
  status: ReplayStatus;
  statePath: string;
  state: ReplayState;
  /** Seconds of the contest that have passed. */
  clock(): number;
}

const tickMs = 250;
/** A server that is away for longer ends the replay, which can be resumed. */
const outageMsMax = 5 * 60_000;

/** Resolves to false when an earlier run had finished already. Rejects with the signal's reason when it aborts. */
export async function runReplay(options: ReplayOptions): Promise<boolean> {
  const { folder, board, url, key, progress, signal } = options;
  const posts = contestPosts(folder.contest, folder.submissions);
  const status = createReplayStatus(folder, posts);
  const server = options.server ?? new URL(url).origin;
  const statePath = replayStatePath(options.dataDir, { digest: folder.digest, board, server });
  const onRetry = (reason: string) => progress.update(`Waiting for ${url} (${reason})`);
  const api: ApiOptions = { url, key, signal, onRetry };
  try {
    const state = await startingState(options, api, posts, statePath);
    const first = posts[state.next];
    if (!first) return false;
    await postAll({ options, api, posts, status, statePath, state, clock: contestClock(options.speed, first.at) });
    return true;
  } finally {
    progress.end();
  }
}

/** Where an earlier run of this contest stopped, as long as the board still has what that run posted. */
async function startingState(
  options: ReplayOptions,
  api: ApiOptions,
  posts: ContestPost[],
  path: string,
): Promise<ReplayState> {
  const { board, folder, progress } = options;
  const created = (await prepareBoard(api, board, folder.contest.name)) === "created";
  if (created) progress.note(`Created board "${board}".`);
  const stored = options.restart ? null : await readReplayState(path);
  if (!stored || stored.next > posts.length || (stored.sendingTo ?? 0) > posts.length) return newReplayState();
  const first = posts[0];
  if (stored.next > 0 && first && (created || !(await standsOnBoard(api, board, first.team)))) {
    progress.note(`Board "${board}" no longer has the scores of the last run: beginning again.`);
    return newReplayState();
  }
  const last = posts[stored.next - 1];
  if (last && stored.next < posts.length) progress.note(`Going on from ${clockText(last.at)} of the contest.`);
  return stored;
}

async function postAll(replay: Replay): Promise<void> {
  const { posts, state, status, options } = replay;
  while (state.next < posts.length) {
    const startMs = performance.now();
    const from = state.next;
    const to = state.sendingTo ?? dueTo(posts, from, replay.clock());
    if (to > from) await postBatch(replay, to);
    options.progress.update(status.line(state.next, clockShown(replay)));
    const behind = state.next - from === batchItemsMax;
    if (behind || state.next === posts.length) continue;
    await delay(Math.max(0, startMs + tickMs - performance.now()), undefined, { signal: options.signal });
  }
}

/** The end (exclusive) of the batch that begins at `from` and holds what is due at `clock`, at most as much as fits. */
export function dueTo(posts: readonly Pick<ContestPost, "at">[], from: number, clock: number): number {
  let to = from;
  while (to < from + batchItemsMax && (posts[to]?.at ?? Number.NaN) <= clock) to++;
  return to;
}

async function postBatch(replay: Replay, to: number): Promise<void> {
  const { api, options, state, statePath } = replay;
  const batch = replay.posts.slice(state.next, to);
  state.sendingTo = to;
  await writeReplayState(statePath, state);
  const request = {
    method: "POST",
    path: `/api/v1/boards/${encodeURIComponent(options.board)}/scores`,
    body: JSON.stringify({ scores: batch.map((post) => scoreOf(post, options.folder)) }),
    idempotencyKey: `${state.run}-${batch[0]?.submission}-${batch.at(-1)?.submission}`,
  } as const;
  const answer = await call(api, request, outageMsMax);
  if (answer.status !== 200) throw new CommandError(`${options.url} refused the scores. ${refusal(answer)}`);
  acknowledge(replay, answer.json as SubmitReply);
  state.next = to;
  state.sendingTo = null;
  await writeReplayState(statePath, state);
}

function scoreOf({ team, solved, penalty, lastAcceptedAt }: ContestPost, { teams }: ContestFolder) {
  return { player: team, name: teams.get(team) ?? team, score: solved, tiebreaks: [penalty, lastAcceptedAt] };
}

function acknowledge({ status }: Replay, reply: SubmitReply): void {
  for (const { player, rank, error } of reply.results) {
    if (error) throw new CommandError(`The server rejected a score of ${player}: ${error.code}, ${error.detail}`);
    if (rank === 1 && player !== null) status.leader(player);
  }
}

/** Starts at the next post that is due: nobody wants to watch the silence before the first accepted submission. */
function contestClock(speed: number, startAt: number): () => number {
  if (speed === Number.POSITIVE_INFINITY) return () => speed;
  const startMs = performance.now();
  return () => startAt + ((performance.now() - startMs) / 1000) * speed;
}

function clockShown({ posts, state, options, clock }: Replay): number {
  return Number.isFinite(options.speed) ? clock() : (posts[state.next - 1]?.at ?? 0);
}
