/** The stream of the tab that leads: what it hears it tells the other tabs, and lets in those who ask. */

import {
  type BoardStream,
  openBoardStream,
  type StreamListener,
  type StreamOptions,
  type WatchedStanding,
} from "./board-stream";
import type { StreamState } from "./connection-status";
import type { HandedOver } from "./stream-state";
import { type HandedOn, handedOn, type TabMessage, type Welcome } from "./tab-messages";

export interface LedStreamOptions extends StreamOptions {
  handOver(): HandedOver;
}

export class LedStream implements BoardStream {
  readonly #options: LedStreamOptions;
  readonly #leader: string;
  readonly #say: (message: TabMessage) => void;
  readonly #stream: BoardStream;
  #state: StreamState = "connecting";
  #heardAt = 0;
  #standing: WatchedStanding | null = null;

  /** @param leader names this lead, unlike any before. */
  constructor(options: LedStreamOptions, leader: string, say: (message: TabMessage) => void) {
    this.#options = options;
    this.#leader = leader;
    this.#say = say;
    const url = () => {
      const from = options.url();
      say({ kind: "leads", welcome: this.#welcome() });
      return from;
    };
    this.#stream = openBoardStream({ ...options, url, listener: this.#tellingAll(options.listener) });
  }

  receive(message: TabMessage): void {
    if (message.kind === "retry") this.#stream.retrySoon();
    if (message.kind === "ping") this.#say({ kind: "pong", leader: this.#leader });
    if (message.kind === "hello") {
      this.#say({ kind: "welcome", question: message.question, welcome: this.#welcome() });
    }
  }

  retrySoon(): void {
    this.#stream.retrySoon();
  }

  close(): void {
    this.#stream.close();
    this.#say({ kind: "left", leader: this.#leader });
  }

  #welcome(): Welcome {
    return {
      leader: this.#leader,
      stream: this.#state,
      heardAt: this.#heardAt,
      state: this.#options.handOver(),
      standing: this.#standing,
    };
  }

  /** Others are told first: the listener may close the stream at any word. */
  #tellingAll(listener: StreamListener): StreamListener {
    const leader = this.#leader;
    const telling =
      (name: HandedOn) =>
      (...args: never[]) => {
        this.#say({ kind: "event", leader, heardAt: this.#heardAt, name, args: args as never });
        (listener[name] as (...args: never[]) => void)(...args);
      };
    const events = Object.fromEntries(handedOn.map((name) => [name, telling(name)])) as Pick<StreamListener, HandedOn>;
    return {
      ...events,
      onStanding: (standing) => {
        this.#standing = standing;
        events.onStanding(standing);
      },
      onState: (state) => {
        this.#state = state;
        this.#say({ kind: "state", leader, state });
        listener.onState(state);
      },
      onHeard: (at) => {
        this.#heardAt = at;
        listener.onHeard(at);
      },
    };
  }
}
