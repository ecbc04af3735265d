/**
 * One stream for all tabs of a browser that show the same board and player, since over HTTP/1.1 a browser opens six
 * connections per origin. The tab that holds a lock leads: it has the stream and tells the others, over a channel, what
 * it hears. Another follows; it asks to be let in, and is handed the state that the leader's next delta fits. The
 * lock passes to the next in line when its holder lets go or dies. A leader that does not answer is robbed of it.
 * The supervisor of the stream (board-stream.ts) is below this, so that there is one, with one backoff.
 */

import { type BoardStream, openBoardStream } from "./board-stream";
import { LedStream, type LedStreamOptions } from "./led-stream";
import type { HandedOver } from "./stream-state";
import { handedOn, type TabMessage, tabProtocol, type Welcome } from "./tab-messages";
import { browserTabs, type TabLine, type Tabs } from "./tabs";

export interface SharedStreamOptions extends LedStreamOptions {
  boardId: string;
  player: string | null;
  /** The stream goes on from another tab's state. */
  takeOver(state: HandedOver): void;
  /** Null where tabs cannot find one another: then each has a stream of its own. */
  tabs?: Tabs | null;
}

/** One turn at the lock: waiting for it, then perhaps holding it. */
interface Turn {
  waiting: AbortController;
  release: (() => void) | null;
}

const quietMs = 3_000;
const pongMaxMs = 3_000;
const answerMaxMs = 5_000;
/** What was said last should be heard before the lock is passed on. */
const lastWordsMs = 100;

export function openSharedStream(options: SharedStreamOptions): BoardStream {
  const { boardId, player, tabs = browserTabs() } = options;
  const name = `rungs:${tabProtocol}:${boardId}:${player ?? ""}`;
  const line = tabs?.openLine(name);
  return tabs && line ? new SharedStream(options, name, tabs, line) : openBoardStream(options);
}

class SharedStream implements BoardStream {
  readonly #options: SharedStreamOptions;
  readonly #name: string;
  readonly #tabs: Tabs;
  readonly #line: TabLine;
  #turn: Turn | null = null;
  #led: LedStream | null = null;
  /** Whom this tab follows. */
  #leader: string | null = null;
  #question = "";
  #closed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SharedStreamOptions, name: string, tabs: Tabs, line: TabLine) {
    this.#options = options;
    this.#name = name;
    this.#tabs = tabs;
    this.#line = line;
    line.onmessage = ({ data }) => this.#receive(data);
    this.#take({});
    this.#ask();
  }

  retrySoon(): void {
    if (this.#led) this.#led.retrySoon();
    else this.#say({ kind: "retry" });
  }

  close(): void {
    this.#closed = true;
    const turn = this.#turn;
    this.#turn = null;
    turn?.waiting.abort();
    clearTimeout(this.#timer);
    this.#leader = null;
    this.#line.onmessage = null;
    this.#led?.close();
    this.#led = null;
    if (turn?.release) setTimeout(turn.release, lastWordsMs);
    this.#line.close();
  }

  /** Gets in line for the lock, or takes it from its holder. */
  #take(how: { steal?: true }): void {
    if (this.#closed) return;
    this.#turn?.waiting.abort();
    const turn: Turn = { waiting: new AbortController(), release: null };
    this.#turn = turn;
    const hold = () =>
      new Promise<void>((resolve) => {
        if (this.#turn !== turn) return resolve();
        turn.release = resolve;
        this.#lead();
      });
    const options = how.steal ? how : { signal: turn.waiting.signal };
    this.#tabs.locks.request(this.#name, options, hold).catch((error) => {
      if (this.#turn !== turn) return;
      if (error?.name === "AbortError") this.#robbed();
      // A browser that has locks and gives none.
      else this.#lead();
    });
  }

  #lead(): void {
    this.#leave();
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#led = new LedStream(this.#options, this.#newId(), (message) => this.#say(message));
  }

  #robbed(): void {
    this.#led?.close();
    this.#led = null;
    this.#options.listener.onState("down");
    this.#take({});
    this.#ask();
  }

  /** Asks whoever leads for the state; one that does not answer is not fit to lead. */
  #ask(): void {
    if (this.#closed) return;
    this.#question = this.#newId();
    this.#say({ kind: "hello", question: this.#question });
    // Not all at once: the first to lead answers the others.
    this.#waitFor(this.#spread(answerMaxMs), () => this.#take({ steal: true }));
  }

  #leave(): void {
    if (this.#leader === null) return;
    this.#leader = null;
    this.#options.listener.onState("down");
  }

  #receive(message: TabMessage): void {
    if (this.#led) this.#led.receive(message);
    else if (message.kind === "leads") this.#follow(message.welcome);
    else if (message.kind === "welcome") {
      if (message.question === this.#question) this.#follow(message.welcome);
    } else if ("leader" in message && message.leader === this.#leader) this.#hear(message);
  }

  #follow({ leader, stream, heardAt, state, standing }: Welcome): void {
    const { listener } = this.#options;
    if (leader !== this.#leader) this.#leave();
    if (this.#closed) return;
    this.#leader = leader;
    this.#watchSilence();
    if (stream === "open") listener.onHeard(heardAt);
    if (stream === "open" || stream === "down") listener.onState(stream);
    // The listener may close the stream at any word.
    if (this.#leader === leader) this.#options.takeOver(state);
    if (this.#leader === leader && standing) listener.onStanding(standing);
  }

  #hear(message: TabMessage): void {
    const { listener } = this.#options;
    this.#watchSilence();
    if (message.kind === "left") {
      this.#leave();
      this.#ask();
    }
    if (message.kind === "state") listener.onState(message.state);
    if (message.kind !== "event" || !handedOn.includes(message.name)) return;
    listener.onHeard(message.heardAt);
    (listener[message.name] as (...args: unknown[]) => void)(...message.args);
  }

  /**
   * A leader may have nothing to tell, but then it says so when asked; the first to ask has it say so to all. It need
   * not do it by itself, since browsers hold back the timers of a hidden tab, but not its messages.
   */
  #watchSilence(): void {
    this.#waitFor(this.#spread(quietMs), () => {
      this.#say({ kind: "ping" });
      this.#waitFor(pongMaxMs, () => {
        this.#leave();
        this.#ask();
      });
    });
  }

  #spread(ms: number): number {
    return ms * (1 + (this.#options.random ?? Math.random)());
  }

  #waitFor(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }

  #say(message: TabMessage): void {
    this.#line.postMessage(message);
  }

  #newId(): string {
    return crypto.getRandomValues(new Uint32Array(2)).join("-");
  }
}
