/** Reads Server-Sent Events by the rules of the WHATWG HTML standard, section 9.2.6, and takes nothing beyond them. */

export interface SseEvent {
  event: string;
  /** Parsed JSON. */
  data: ReturnType<typeof JSON.parse>;
  /** As it came. */
  text: string;
  /** The event's own `id`; null when it has none. */
  id: string | null;
  /** What a browser would send as `Last-Event-ID` after this event. */
  lastEventId: string;
  /** When it came, by `performance.now()`. */
  at: number;
}

export class SseParser {
  /** Values of `retry`, in milliseconds. */
  readonly retries: number[] = [];
  /** The `id` of the last event that came whole; one cut off in the middle has not happened. */
  lastEventId = "";
  readonly #take: (event: SseEvent) => void;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  #line = "";
  #event = "";
  #data: string[] = [];
  #id: string | null = null;

  constructor(take: (event: SseEvent) => void) {
    this.#take = take;
  }

  /** Throws at anything that a browser would pass over in silence: Rungs has no reason to send it. */
  push(bytes: Uint8Array): void {
    this.#line += this.#decoder.decode(bytes, { stream: true });
    if (this.#line.includes("\r")) throw new Error("a carriage return in the stream");
    const lines = this.#line.split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#readLine(line);
  }

  /** Whether the stream stands between two events. */
  get isBetween(): boolean {
    return this.#line === "" && this.#event === "" && this.#data.length === 0 && this.#id === null;
  }

  #readLine(line: string): void {
    const [, name = "", value = ""] = /^([a-z]+):(?: (.*))?$/s.exec(line) ?? [];
    if (line === "") this.#dispatch();
    else if (name === "event") this.#event = value;
    else if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retries.push(Number(value));
    else throw new Error(`not a field of an event: ${JSON.stringify(line.slice(0, 80))}`);
  }

  #dispatch(): void {
    const [event, text, id] = [this.#event, this.#data.join("\n"), this.#id];
    this.#event = "";
    this.#data = [];
    this.#id = null;
    if (text === "") {
      if (event !== "" || id !== null) throw new Error("an event without data");
      return;
    }
    this.lastEventId = id ?? this.lastEventId;
    this.#take({ event, text, data: JSON.parse(text), id, lastEventId: this.lastEventId, at: performance.now() });
  }
}
