/** A board that streams, and the tabs of one browser that watch it; all by the test's clock, and as slow as it likes. */
import { vi } from "vitest";
import { LiveBoard } from "@/app/_hooks/live-board";
import { openSharedStream, type SharedStreamOptions } from "@/app/_hooks/shared-stream";
import { openStreamOf, type StreamedBoard } from "@/app/_hooks/streamed-board";
import { type Delta, type Entry, parsePositionId, positionId, type Snapshot } from "@/lib/domain/snapshot";
import { FakeEventSource } from "./fake-event-source";
import { FakeBrowser, FakeTab, inOrder } from "./fake-tabs";

export class TabsWorld {
  readonly browser: FakeBrowser;
  readonly tabs: WatchingTab[] = [];
  readonly connections: Connection[] = [];
  /** Whether the board can be polled. */
  polls = false;
  /** Whether streams are refused. */
  away = false;
  #states: Snapshot[];
  readonly #random: () => number;

  constructor(delay: () => number = () => 0, random: () => number = () => 0.5) {
    this.browser = new FakeBrowser(delay);
    this.#random = random;
    const rules = { order: "desc", operator: "set", decimals: 0, rankStyle: "ordinal" } as const;
    const board: Snapshot["board"] = { id: "b", name: "B", ...rules, tiebreaks: [], delivery: "sse" };
    this.#states = [{ board, epoch: "e1", version: 1, asOf: "", total: 0, entries: [] }];
    vi.stubGlobal("navigator", { onLine: true });
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal("fetch", async () => {
      if (!this.polls) return new Response(null, { status: 503 });
      return Response.json(this.now, { headers: { "poll-interval": "5" } });
    });
  }

  get now(): Snapshot {
    return this.#states.at(-1) as Snapshot;
  }

  get streams(): Connection[] {
    return this.connections.filter((connection) => connection.alive);
  }

  post(player: string, score: number): void {
    const { now } = this;
    const others = now.entries.filter((entry) => entry.player !== player);
    const entries = [...others, { ...blank, player, name: player, score }]
      .sort((a, b) => b.score - a.score || a.player.localeCompare(b.player))
      .map((entry, i) => ({ ...entry, rank: i + 1, position: i + 1 }));
    this.#states.push({ ...now, version: now.version + 1, total: entries.length, entries });
    for (const connection of this.streams) connection.catchUp();
  }

  /** The rank index is built anew. */
  rebuild(): void {
    this.#states = [{ ...this.now, epoch: `e${Number(this.now.epoch.slice(1)) + 1}`, version: 1 }];
    for (const connection of this.streams) connection.catchUp();
  }

  switchDelivery(delivery: "sse" | "polling"): void {
    const { now } = this;
    this.#states.push({ ...now, version: now.version + 1, board: { ...now.board, delivery } });
    for (const connection of this.streams) if (delivery === "polling") connection.end("delivery-off");
  }

  at(id: string): Snapshot | undefined {
    return this.#states.find((state) => positionId(state) === id);
  }

  open(player: string | null = null, random = this.#random): WatchingTab {
    const tab = new WatchingTab(this, player, random);
    this.tabs.push(tab);
    return tab;
  }
}

const blank: Entry = { rank: 0, position: 0, player: "", name: "", score: 0, tiebreaks: [] };

/** One EventSource, and the server's end of it. */
export class Connection extends FakeEventSource {
  readonly #world: TabsWorld;
  readonly tab: WatchingTab;
  #sent: Snapshot | undefined;
  readonly #inOrder = inOrder(() => this.#world.browser.delay());
  readonly #beating = setInterval(() => this.#beat(), 5_000);

  constructor(world: TabsWorld, tab: WatchingTab, url: string) {
    super(url);
    this.#world = world;
    this.tab = tab;
    world.connections.push(this);
    this.#sent = world.at(new URL(url, "http://rungs").searchParams.get("since") ?? "");
    if (world.away || world.now.board.delivery === "polling") this.#reach(() => this.fail(true));
    else this.#reach(() => this.open());
    if (this.#sent === world.now) this.#beat();
    else this.catchUp();
  }

  get alive(): boolean {
    return this.readyState !== 2 && !this.tab.dead;
  }

  catchUp(): void {
    const { now } = this.#world;
    const from = this.#sent;
    this.#sent = now;
    if (from?.epoch !== now.epoch) this.#tell("snapshot", now);
    else if (from.version < now.version) this.#tell("delta", deltaOf(from, now));
  }

  /** The server says goodbye, and the browser comes back. */
  end(reason: string): void {
    this.#reach(() => this.send("bye", { reason }));
    this.lose(false);
  }

  lose(closed: boolean): void {
    this.#reach(() => this.fail(closed));
    if (closed) return;
    this.#reach(() => this.open());
    this.#beat();
  }

  override close(): void {
    clearInterval(this.#beating);
    super.close();
  }

  #beat(): void {
    const position = { epoch: this.#sent?.epoch, version: this.#sent?.version };
    this.#reach(() => this.send("heartbeat", position));
  }

  #tell(name: string, data: unknown): void {
    const id = positionId(this.#world.now);
    this.#reach(() => this.send(name, data, id));
  }

  #reach(event: () => void): void {
    this.#inOrder(() => this.tab.run(() => this.readyState !== 2 && event()));
  }
}

/** A tab with a board page, which holds what its stream tells to what the contract promises. */
export class WatchingTab extends FakeTab {
  readonly live: LiveBoard;
  readonly #page = Object.assign(new EventTarget(), { hidden: false });
  readonly #stop: () => void;
  #polling: ReturnType<typeof setTimeout> | undefined;
  failure: Error | null = null;
  left = false;

  constructor(world: TabsWorld, player: string | null, random: () => number) {
    super(world.browser);
    const openStream = (board: StreamedBoard) =>
      openStreamOf(board, (options) =>
        openSharedStream({
          ...this.#checking(options),
          tabs: this,
          random,
          createSource: (url) => new Connection(world, this, url) as unknown as EventSource,
        }),
      );
    this.live = new LiveBoard({
      boardId: "b",
      limit: 100,
      offset: 0,
      player,
      snapshot: world.now,
      etag: null,
      openStream,
    });
    vi.stubGlobal("document", this.#page);
    this.#stop = this.live.start(() => void this.live.poll());
    const poll = () => {
      const { streaming } = this.live.getView();
      this.#polling = setTimeout(
        () => void this.live.poll().then(poll),
        streaming ? this.live.nextBackstopMs() : this.live.nextPollMs(),
      );
    };
    poll();
  }

  get shown(): string {
    const { snapshot } = this.live.getView();
    return JSON.stringify([positionId(snapshot), snapshot.entries]);
  }

  look(hidden: boolean): void {
    vi.stubGlobal("document", this.#page);
    this.#page.hidden = hidden;
    this.#page.dispatchEvent(new Event("visibilitychange"));
  }

  get hidden(): boolean {
    return this.#page.hidden;
  }

  /** The visitor goes elsewhere within the site: the page lets go of everything. */
  leave(): void {
    this.left = true;
    this.#stop();
    clearTimeout(this.#polling);
    setTimeout(() => this.crash(), 1_000);
  }

  override crash(): void {
    super.crash();
    clearTimeout(this.#polling);
  }

  #checking(options: SharedStreamOptions): SharedStreamOptions {
    let at = "";
    const { listener } = options;
    return {
      ...options,
      url: () => {
        const url = options.url();
        at = new URL(url, "http://rungs").searchParams.get("since") ?? "";
        return url;
      },
      takeOver: (handed) => {
        at = positionId(handed.snapshot);
        options.takeOver(handed);
      },
      listener: {
        ...listener,
        onSnapshot: (snapshot) => {
          at = positionId(snapshot);
          listener.onSnapshot(snapshot);
        },
        onDelta: (epoch: string, delta: Delta) => {
          const from = positionId({ epoch, version: delta.from });
          if (from !== at) this.failure ??= new Error(`a delta from ${from} for a tab at ${at}`);
          at = positionId({ epoch, version: delta.to });
          listener.onDelta(epoch, delta);
        },
        onHeartbeat: (position) => {
          if (parsePositionId(at) && positionId(position) !== at)
            this.failure ??= new Error(`a heartbeat at ${positionId(position)} for a tab at ${at}`);
          listener.onHeartbeat(position);
        },
      },
    };
  }
}

function deltaOf(from: Snapshot, to: Snapshot): Delta {
  const before = new Map(from.entries.map((entry) => [entry.player, entry]));
  const changed = to.entries
    .filter((entry) => JSON.stringify(before.get(entry.player)) !== JSON.stringify(entry))
    .map((entry) => ({ ...entry, previousRank: before.get(entry.player)?.rank ?? null }));
  return { from: from.version, to: to.version, total: to.total, changed, removed: [] };
}
