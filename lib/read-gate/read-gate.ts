/**
 * Lets costly reads through, at such a rate that polls, streams and posts keep most of the event loop. Work is counted
 * in milliseconds of that loop: each client has a budget, and all of them together have one. Who is over it waits in a
 * fair queue, and is refused after some seconds. What is answered from memory does not come here.
 */
import { BoundedCache } from "@/lib/bounded-cache";
import { RungsError } from "@/lib/domain/errors";
import type { Env } from "@/lib/env";
import { FairQueue } from "@/lib/fair-queue";
import { Budget, type BudgetRate } from "./budget";
import { WorkMeter } from "./work-meter";

export interface ReadGateOptions {
  all: BudgetRate;
  perClient: BudgetRate;
  atOnceMax: number;
  atOncePerClientMax: number;
  waitingMax: number;
  waitingPerClientMax: number;
  /** Browsers wait for a page; the pages' own requests are given up after ten seconds. */
  waitMsMax: { page: number; other: number };
}

/**
 * A read or two at once keep nobody waiting, but no more: what is on the loop is there to its end. The other numbers leave room
 * for a hall that opens a board's page behind one address.
 */
export function readLimits(
  env: Pick<Env, "readPercent" | "readPercentPerAddress" | "readBurstSeconds">,
): ReadGateOptions {
  return {
    all: { msPerS: 10 * env.readPercent, burstMs: 60, debtMsMax: 200 },
    perClient: { msPerS: 10 * env.readPercentPerAddress, burstMs: 1_000 * env.readBurstSeconds, debtMsMax: 10_000 },
    atOnceMax: 48,
    atOncePerClientMax: 12,
    waitingMax: 2_000,
    waitingPerClientMax: 500,
    waitMsMax: { page: 20_000, other: 5_000 },
  };
}

/** Reads that cost about the same. */
export type ReadKind = "page" | "window" | "player" | "search" | "list" | "history" | "board";

/** Does costly work of one client when it is that client's turn. Throws `too-many-requests`. */
export interface Admit {
  <T>(kind: ReadKind, work: () => Promise<T>): Promise<T>;
  /** The client's address; null when it is unknown. */
  readonly client: string | null;
}

/** Within a read of the client that was let through as a whole. */
export function admitted(client: string | null): Admit {
  return Object.assign(<T>(_kind: ReadKind, work: () => Promise<T>) => work(), { client });
}

interface Waiting {
  go(): void;
  refuse(): void;
}

/** Until a read of its kind has been measured. */
const firstGuessMs = 20;
const newestWeight = 0.2;
/** Of an address and its budget. */
const budgetBytes = 256;
const retryAfterS = { min: 1, max: 60 };

export class ReadGate {
  readonly #options: ReadGateOptions;
  readonly #now: () => number;
  readonly #meter: WorkMeter;
  readonly #all: Budget;
  readonly #budgets = new BoundedCache<string, Budget>("readBudgets", budgetBytes);
  readonly #running = new Map<string, number>();
  readonly #queue: FairQueue<Waiting>;
  readonly #guessMs = new Map<ReadKind, number>();
  #runningNow = 0;
  #timer: NodeJS.Timeout | null = null;
  #refused = 0;

  constructor(options: ReadGateOptions, now: () => number = () => performance.now(), meter = new WorkMeter()) {
    this.#options = options;
    this.#now = now;
    this.#meter = meter;
    this.#all = new Budget(options.all, now());
    this.#queue = new FairQueue(options);
  }

  /** What is held takes of memory. */
  get bytes(): number {
    return this.#budgets.bytes;
  }

  /** Reads that were refused so far. */
  get refused(): number {
    return this.#refused;
  }

  get running(): number {
    return this.#runningNow;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** For all reads of one request. @param leaving gives the signal of a client that goes away */
  admitting(client: string | null, leaving: () => AbortSignal): Admit {
    const run = <T>(kind: ReadKind, work: () => Promise<T>) => this.run(client, kind, work, leaving());
    return Object.assign(run, { client });
  }

  /**
   * Does the work when it is the client's turn. Throws `too-many-requests`.
   * @param client its address; null or empty where nothing tells it, which has no budget of its own
   * @param signal aborts the wait, not the work
   */
  async run<T>(client: string | null, kind: ReadKind, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const key = client ?? "";
    const isFree = this.#queue.size === 0 && this.#mayGo(key);
    const expectedMs = isFree ? this.#start(key, kind) : await this.#turn(key, kind, signal);
    const measurement = this.#meter.start();
    try {
      return await work();
    } finally {
      this.#end(key, kind, expectedMs, measurement.stop());
    }
  }

  /** Resolves when it is the client's turn and the work counts as started, with what it is expected to take. */
  #turn(client: string, kind: ReadKind, signal: AbortSignal | undefined): Promise<number> {
    const { page, other } = this.#options.waitMsMax;
    const waitMsMax = kind === "page" ? page : other;
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        this.#queue.remove(client, waiting);
      };
      const waiting: Waiting = {
        go: () => {
          leave();
          resolve(this.#start(client, kind));
        },
        refuse: () => {
          leave();
          this.#refused++;
          reject(this.#refusal(client, kind));
        },
      };
      const abort = () => {
        leave();
        reject(new RungsError("unavailable", "The client went away."));
      };
      const timer = setTimeout(waiting.refuse, waitMsMax);
      signal?.addEventListener("abort", abort);
      if (this.#budgetWaitMs(client) > waitMsMax) return waiting.refuse();
      this.#queue.push(client, waiting)?.refuse();
      if (signal?.aborted) abort();
      this.#letGo();
    });
  }

  #mayGo(client: string): boolean {
    const { atOnceMax, atOncePerClientMax } = this.#options;
    if (this.#runningNow >= atOnceMax || this.#all.waitMs(this.#now()) > 0) return false;
    if (client === "") return true;
    return (this.#running.get(client) ?? 0) < atOncePerClientMax && this.#budgetWaitMs(client) === 0;
  }

  #start(client: string, kind: ReadKind): number {
    const expectedMs = this.#guessMs.get(kind) ?? firstGuessMs;
    this.#count(client, 1);
    this.#spend(client, expectedMs);
    return expectedMs;
  }

  #end(client: string, kind: ReadKind, expectedMs: number, ms: number): void {
    const guess = this.#guessMs.get(kind) ?? expectedMs;
    this.#guessMs.set(kind, guess + newestWeight * (ms - guess));
    this.#count(client, -1);
    this.#spend(client, ms - expectedMs);
    this.#letGo();
  }

  /** Starts whoever may start; looks again when budgets will have something left. What is running looks again at its end. */
  #letGo(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#queue.size > 0) {
      const next = this.#queue.take((client) => this.#mayGo(client));
      if (!next) break;
      next.item.go();
    }
    if (this.#queue.size === 0 || this.#runningNow >= this.#options.atOnceMax) return;
    this.#timer = setTimeout(() => this.#letGo(), Math.ceil(this.#nextMs()));
  }

  #nextMs(): number {
    let own = Number.POSITIVE_INFINITY;
    for (const client of this.#queue.clients) own = Math.min(own, this.#budgetWaitMs(client));
    return Math.max(1, own, this.#all.waitMs(this.#now()));
  }

  #budgetWaitMs(client: string): number {
    return this.#budgets.get(client)?.waitMs(this.#now()) ?? 0;
  }

  #spend(client: string, ms: number): void {
    const now = this.#now();
    this.#all.spend(ms, now);
    if (client === "") return;
    const budget = this.#budgets.get(client) ?? new Budget(this.#options.perClient, now);
    budget.spend(ms, now);
    this.#budgets.set(client, budget);
  }

  #count(client: string, change: 1 | -1): void {
    this.#runningNow += change;
    const running = (this.#running.get(client) ?? 0) + change;
    if (running === 0) this.#running.delete(client);
    else this.#running.set(client, running);
  }

  #refusal(client: string, kind: ReadKind): RungsError {
    const work = (1 + this.#queue.waitingOf(client)) * (this.#guessMs.get(kind) ?? firstGuessMs);
    const queueMs = (work / this.#options.all.msPerS) * 1_000;
    const seconds = Math.ceil(Math.max(queueMs, this.#budgetWaitMs(client)) / 1_000);
    const retryAfter = Math.min(Math.max(seconds, retryAfterS.min), retryAfterS.max);
    const detail = `The server has no time left for more costly reads from this address. Try again in ${retryAfter} s.`;
    return new RungsError("too-many-requests", detail, { retryAfter });
  }
}
