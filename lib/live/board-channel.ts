/**
 * One board's stream on this instance: reads the top window once per tick however many changes and viewers there are,
 * turns it into one frame, and writes the same bytes to every viewer.
 */
import type { Board } from "@/lib/domain/board";
import { diffEntries } from "@/lib/domain/delta";
import type { Position } from "@/lib/domain/snapshot";
import { encodeDelta } from "@/lib/domain/wire";
import type { StorageErrors } from "@/lib/storage-errors";
import { inTime } from "./in-time";
import { ReplayWindow } from "./replay-window";
import { type ByeReason, eventFrame, heartbeatFrame } from "./sse-frame";
import { StandingWatch } from "./standing-watch";
import type { View } from "./view";
import type { Viewer } from "./viewer";

const offRetryMs = 1_000;
const auditEveryMs = 1_000;
/** Objects and timers of a channel without a view. */
const channelBytes = 2_048;
const notSought = "stores not compared for a viewer with a later version";
/** How long a viewer with a later version waits for one that is right. */
const seekMaxMs = 1_000;

export interface ChannelSource {
  /** The newest view of the stream's window. */
  read(boardId: string): Promise<View>;
  /**
   * JSON of a player's `standing`, or null for a player who has none.
   * @param payer the address that the read counts for; left out for what is read again for all who watch.
   *   Throws `too-many-requests`.
   */
  readStanding(board: Board, player: string, payer?: string | null): Promise<string | null>;
  /** Has the stores compared, and an index dropped that is not what it was; the next read asks anew. */
  audit(uid: number): Promise<void>;
  storageErrors: StorageErrors;
}

export class BoardChannel {
  readonly boardId: string;
  /** When a viewer last came or went, by the monotonic clock: a step of the wall clock must not hold anything up. */
  lastUsedAt = performance.now();
  readonly #source: ChannelSource;
  readonly #coalesceMs: number;
  readonly #viewers = new Set<Viewer>();
  readonly #replay = new ReplayWindow();
  readonly #standings: StandingWatch;
  #view: View | null = null;
  /** Frames of the present view, made when first needed. */
  #snapshot: Buffer | null = null;
  #heartbeat: Buffer | null = null;
  #timer: NodeJS.Timeout | null = null;
  #refreshing: Promise<void> | null = null;
  #refreshedAt = 0;
  #dirty = false;
  #audit: Promise<void> = Promise.resolve();
  #auditedAt = Number.NEGATIVE_INFINITY;

  constructor(boardId: string, source: ChannelSource, coalesceMs: number) {
    this.boardId = boardId;
    this.#source = source;
    this.#coalesceMs = coalesceMs;
    this.#standings = new StandingWatch(source, () => this.#view);
  }

  get size(): number {
    return this.#viewers.size;
  }

  get view(): View | null {
    return this.#view;
  }

  /** What the channel holds takes of memory, viewers apart. */
  get bytes(): number {
    return channelBytes + (this.#view?.bytes ?? 0) + (this.#snapshot?.length ?? 0) + this.#replay.bytes;
  }

  /** Viewers who come back get a snapshot instead of the changes they missed. */
  forgetDeltas(): void {
    this.#replay.clear();
  }

  /** Sends what the viewer missed since its position, or a snapshot, and everything from there on. */
  async join(viewer: Viewer, since: Position | null): Promise<void> {
    this.lastUsedAt = performance.now();
    if (!this.#view || this.size === 0) await this.#readAnew();
    if (this.#isBehind(since)) await inTime(this.#seek(since), seekMaxMs);
    const view = this.#view;
    if (!view || view.page.board.delivery === "polling") viewer.close("delivery-off", offRetryMs, null);
    if (!view || viewer.closed) return this.leave(viewer);
    // No await from here on: nothing can fall between what is sent now and what the viewer hears next.
    this.#viewers.add(viewer);
    viewer.send([...this.#missedSince(since, view), ...this.#standings.add(viewer)]);
    if (this.#dirty) this.changed();
  }

  leave(viewer: Viewer): void {
    this.#standings.remove(viewer);
    this.#viewers.delete(viewer);
    this.lastUsedAt = performance.now();
  }

  /** For a viewer who skipped frames: a fresh start. */
  catchUp(viewer: Viewer): void {
    if (this.#view && this.#viewers.has(viewer)) {
      viewer.send([this.#snapshotFrame(this.#view), ...this.#standings.framesFor(viewer)]);
    }
  }

  heartbeat(viewer: Viewer): void {
    if (this.#view && this.#viewers.has(viewer)) viewer.sendIfIdle(this.#heartbeatFrame(this.#view));
  }

  /** Hears that the board changed. The first change after a pause goes out at once, the rest in steps. */
  changed(): void {
    this.#dirty = true;
    if (this.#timer || this.#refreshing || this.size === 0) return;
    const wait = Math.max(0, this.#refreshedAt + this.#coalesceMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.refresh().catch((error: unknown) => {
        this.#report(error, "streams of the board not updated; retried within seconds");
      });
    }, wait);
  }

  /** Hears of the newest inbox item of some players. */
  inbox(newest: ReadonlyMap<string, number>): void {
    this.#standings.inbox(newest);
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
      if (this.#dirty) this.changed();
    });
    return this.#refreshing;
  }

  /** @param sent what the viewers have; their next `Last-Event-ID` must not claim more. */
  closeAll(reason: ByeReason, retryMs: () => number, sent: Position | null = this.#view?.page ?? null): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#standings.close();
    for (const viewer of this.#viewers) viewer.close(reason, retryMs(), sent);
    this.#viewers.clear();
  }

  /** As `refresh`; one that is under way may be older than what the caller knows of. */
  async #readAnew(): Promise<void> {
    await this.#refreshing?.catch(() => undefined);
    await this.refresh();
  }

  #isBehind(since: Position | null): since is Position {
    const page = this.#view?.page;
    return since !== null && !!page && !page.stale && page.epoch === since.epoch && page.version < since.version;
  }

  /**
   * For a viewer with a later version than is held here: there is news on its way, or the index went back in time, or
   * the version is made up. So it leads to no more than questions, and to few however many such viewers come.
   */
  async #seek(since: Position): Promise<void> {
    if (this.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.#refreshedAt + this.#coalesceMs - performance.now()));
      await this.#readAnew().catch((error: unknown) => this.#report(error, notSought));
      if (!this.#isBehind(since)) return;
    }
    if (performance.now() - this.#auditedAt >= auditEveryMs) this.#audit = this.#readAudited();
    await this.#audit;
  }

  async #readAudited(): Promise<void> {
    this.#auditedAt = performance.now();
    try {
      if (this.#view) await this.#source.audit(this.#view.page.board.uid);
      await this.#readAnew();
    } catch (error) {
      this.#report(error, notSought);
    }
  }

  #report(error: unknown, consequence: string): void {
    this.#source.storageErrors.report({ component: "streams", board: this.boardId, error, consequence });
  }

  async #refresh(): Promise<void> {
    this.#dirty = false;
    this.#refreshedAt = performance.now();
    try {
      this.#deliver(await this.#source.read(this.boardId));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "board-not-found")) throw error;
      this.closeAll("delivery-off", () => offRetryMs);
      this.#view = null;
    }
  }

  #deliver(view: View): void {
    const before = this.#view;
    if (before === view) return;
    this.#view = view;
    this.#snapshot = null;
    this.#heartbeat = null;
    if (view.page.board.delivery === "polling") {
      this.closeAll("delivery-off", () => offRetryMs, before?.page ?? null);
    } else if (!before || !sameSettings(before, view) || view.page.version < before.page.version) {
      this.#replay.clear();
      if (before) this.#broadcast(this.#snapshotFrame(view));
    } else if (view.page.version > before.page.version) {
      const frame = this.#deltaFrame(before, view);
      this.#replay.add(view.page.epoch, { from: before.page.version, to: view.page.version }, frame, performance.now());
      this.#broadcast(frame);
    }
    this.#standings.changed();
  }

  #broadcast(frame: Buffer): void {
    const frames = [frame];
    for (const viewer of this.#viewers) viewer.send(frames);
  }

  #missedSince(since: Position | null, view: View): readonly Buffer[] {
    const { epoch, version } = view.page;
    if (!since || !tellsAll(view)) return [this.#snapshotFrame(view)];
    if (since.epoch === epoch && since.version === version) return [this.#heartbeatFrame(view)];
    return this.#replay.since(since, performance.now()) ?? [this.#snapshotFrame(view)];
  }

  #deltaFrame(before: View, after: View): Buffer {
    const { version: to, total, entries, board } = after.page;
    const delta = { from: before.page.version, to, total, ...diffEntries(before.page.entries, entries) };
    return eventFrame("delta", encodeDelta(delta, board.decimals), after.page);
  }

  #snapshotFrame(view: View): Buffer {
    this.#snapshot ??= eventFrame("snapshot", view.text, view.page);
    return this.#snapshot;
  }

  #heartbeatFrame(view: View): Buffer {
    this.#heartbeat ??= heartbeatFrame(view.page);
    return this.#heartbeat;
  }
}

/** Whether a delta can lead from one to the other: it carries entries only, not settings. */
function sameSettings(a: View, b: View): boolean {
  return (
    a.page.epoch === b.page.epoch &&
    a.page.stale === b.page.stale &&
    a.page.board.uid === b.page.board.uid &&
    a.page.board.revision === b.page.board.revision &&
    a.page.revision === b.page.revision
  );
}

/** Whether the position stands for the settings too: not while the index is away or has yet to hear of the newest. */
function tellsAll({ page }: View): boolean {
  return !page.stale && page.revision === page.board.revision;
}
