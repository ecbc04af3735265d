/**
 * A board kept live, without React: polls and stream events go in, one immutable view comes out.
 * Who calls `poll` and when is up to the owner; `nextPollMs` and `nextBackstopMs` say how long to wait.
 */
import { type Snapshot, streamWindow } from "@/lib/domain/snapshot";
import { afterPoll, type BoardState, initialState } from "./board-state";
import type { BoardStream, WatchedStanding } from "./board-stream";
import { connectionStatus, type StreamState } from "./connection-status";
import { etagAt } from "./etag";
import { type Lens, type LiveView, sameView } from "./live-view";
import { currentMoves, type Moves, noMoves, trackMoves } from "./moves";
import { watchPresence } from "./page-presence";
import { pollBoard } from "./poll-board";
import { PollSchedule } from "./poll-schedule";
import { openStreamOnDemand } from "./stream-on-demand";

export interface LiveBoardOptions {
  boardId: string;
  limit: number;
  offset: number;
  /** A player whose standing the stream should report, wherever it is. */
  player: string | null;
  snapshot: Snapshot;
  etag: string | null;
  openStream?: typeof openStreamOnDemand;
}

/** While streaming, and for a board that is gone. */
const backstopIntervalMs = 30_000;
const tickMs = 1_000;

export class LiveBoard {
  readonly url: string;
  readonly #options: LiveBoardOptions;
  readonly #listeners = new Set<() => void>();
  readonly #schedule = new PollSchedule();
  #player: string | null;
  #etag: string | null;
  #state: BoardState;
  readonly #firstView: LiveView;
  #view: LiveView;
  #moves: Moves = noMoves;
  #standing: WatchedStanding | null = null;
  #newestItem = 0;
  #verifiedAt = Date.now();
  #heardAt = 0;
  #stream: BoardStream | null = null;
  #streamState: StreamState = "off";
  #away = true;
  /** When the browser lost its network, as far as it knows; what arrives later proves it wrong while polls succeed. */
  #offlineAt: number | null = null;
  #gone = false;
  #lens: Lens | null = null;
  #pollNow = () => {};

  constructor(options: LiveBoardOptions) {
    const { boardId, limit, offset } = options;
    this.url = `/api/v1/boards/${boardId}?limit=${limit}&offset=${offset}`;
    this.#options = options;
    this.#player = options.player;
    this.#etag = options.etag;
    this.#state = initialState(options.snapshot, this.#verifiedAt);
    this.#firstView = this.#makeView(this.#verifiedAt);
    this.#view = this.#firstView;
  }

  /** When the server last confirmed what is shown, epoch milliseconds. */
  readonly getVerifiedAt = (): number => this.#view.heldAt ?? this.#verifiedAt;

  readonly getView = (): LiveView => this.#view;

  /** As the server rendered it. */
  readonly getFirstView = (): LiveView => this.#firstView;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly poll = async (): Promise<void> => {
    const requestedAt = Date.now();
    const result = await pollBoard(this.url, etagAt(this.#etag, this.#state.shown));
    const wasFailing = this.#schedule.failing;
    this.#schedule.note(result, Date.now() - requestedAt);
    if (result.kind !== "failed") {
      this.#verifiedAt = Date.now();
      this.#gone = result.kind === "gone";
      if (wasFailing) this.#stream?.retrySoon();
    }
    if (result.kind === "snapshot") {
      this.#etag = result.etag;
      this.#setState(afterPoll(this.#state, result.snapshot, requestedAt, Date.now()));
    }
    this.#update();
  };

  readonly nextPollMs = (): number => this.#schedule.delayMs(this.#gone ? backstopIntervalMs : undefined);

  /** The same while streaming, when a poll only has to confirm that nothing was missed. */
  readonly nextBackstopMs = (): number => this.#schedule.delayMs(backstopIntervalMs);

  /** @param pollNow asks the owner to call `poll` without waiting for the interval. */
  start(pollNow: () => void): () => void {
    this.#pollNow = pollNow;
    const ticking = setInterval(() => this.#update(), tickMs);
    const unwatch = watchPresence(({ away, offline }) => {
      if (this.#offlineAt !== null && !offline) this.#stream?.retrySoon();
      this.#offlineAt = offline ? (this.#offlineAt ?? Date.now()) : null;
      this.#away = away;
      this.#update();
    });
    return () => {
      clearInterval(ticking);
      unwatch();
      this.#away = true;
      this.#update();
    };
  }

  watch(player: string | null): void {
    if (player === this.#player) return;
    this.#player = player;
    this.#standing = null;
    this.#newestItem = 0;
    this.#closeStream();
    this.#update();
  }

  /** Has everybody see the board through a lens, which is asked at least once a second; null shows it as it is. */
  lookThrough(lens: Lens | null): void {
    this.#lens = lens;
    this.#update();
  }

  #update(): void {
    this.#followDelivery();
    const now = Date.now();
    this.#moves = currentMoves(this.#moves, now);
    const made = this.#makeView(now);
    const next = this.#lens ? this.#lens(made) : made;
    if (sameView(next, this.#view)) return;
    this.#view = next;
    for (const listener of this.#listeners) listener();
  }

  #makeView(now: number): LiveView {
    const { shown, serverStale } = this.#state;
    const facts = {
      verifiedAt: this.#verifiedAt,
      pollIntervalMs: this.#schedule.intervalMs,
      pollFailed: this.#schedule.failing,
      // What was on the way already may arrive later too: then the next poll fails.
      offline: this.#offlineAt !== null && (this.#verifiedAt <= this.#offlineAt || this.#schedule.failing),
      stream: this.#streamState,
      heardAt: this.#heardAt,
      serverStale,
    };
    return {
      snapshot: shown,
      moves: this.#moves,
      status: connectionStatus(facts, now),
      streaming: this.#streamState === "open",
      offline: facts.offline,
      serverStale,
      gone: this.#gone,
      standing: this.#standing,
      newestItem: this.#newestItem,
      heldAt: null,
    };
  }

  #setState(state: BoardState): void {
    this.#moves = trackMoves(this.#moves, this.#state.shown.entries, state.shown.entries, Date.now());
    this.#state = state;
  }

  /** Holds a stream exactly while the board offers one, this page is covered by it and somebody may be looking. */
  #followDelivery(): void {
    const offered =
      this.#state.shown.board.delivery === "sse" &&
      this.#options.offset === 0 &&
      this.#options.limit === streamWindow &&
      !this.#gone;
    const wanted = offered && !this.#away;
    if (!wanted) this.#closeStream();
    if (!wanted || this.#stream) return;
    this.#streamState = "connecting";
    const { boardId, openStream = openStreamOnDemand } = this.#options;
    this.#stream = openStream({
      boardId,
      player: this.#player,
      getState: () => this.#state,
      setState: (state) => this.#setState(state),
      show: (missing, skipping) => {
        if (skipping) this.#closeStream();
        if (missing) this.#pollNow();
        this.#update();
      },
      onState: (state) => {
        const lost = this.#streamState === "open" && state === "down";
        this.#streamState = state;
        if (lost) this.#pollNow();
        this.#update();
      },
      onHeard: (at) => {
        this.#heardAt = at;
        this.#verifiedAt = Math.max(this.#verifiedAt, at);
      },
      onStanding: (standing) => {
        this.#standing = standing;
        this.#update();
      },
      onInbox: (newest) => {
        this.#newestItem = newest;
        this.#update();
      },
    });
  }

  #closeStream(): void {
    this.#stream?.close();
    this.#stream = null;
    this.#streamState = "off";
  }
}
