/**
 * The list of boards in the browser, without React: one page of it at a time, asked for again with its tag. `poll` never
 * rejects; who calls it and when is up to the owner.
 */
import type { BoardList } from "@/lib/domain/board-list";
import { arrangeBoards } from "./arrange-boards";
import { retryAfterOf, UnexpectedAnswer } from "./get-json";
import { PollSchedule } from "./poll-schedule";

export interface ListState {
  /** The last that came, for whichever question. */
  list: BoardList;
  /** The last question was not answered. */
  failing: boolean;
}

export interface ListQuestion {
  q: string;
  /** Cursor of the page; null for the first. */
  after: string | null;
}

export const boardsPerPage = 24;

const intervalMs = 12_000;
const timeoutMs = 10_000;

export function listUrl({ q, after }: ListQuestion): string {
  const query = new URLSearchParams({ sort: "changed", limit: String(boardsPerPage) });
  if (q !== "") query.set("q", q);
  if (after !== null) query.set("after", after);
  return `/api/v1/boards?${query}`;
}

export class PolledList {
  readonly #schedule = new PollSchedule();
  #answer: Answer;
  #state: ListState;

  constructor(url: string, list: BoardList, etag: string) {
    this.#answer = { url, list, etag };
    this.#state = { list, failing: false };
  }

  get state(): ListState {
    return this.#state;
  }

  readonly nextPollMs = (): number => this.#schedule.delayMs(intervalMs);

  readonly poll = async (url: string): Promise<ListState> => {
    const known = url === this.#answer.url ? this.#answer : null;
    try {
      this.#answer = await ask(url, known);
      this.#schedule.note({ kind: "unchanged", pollIntervalMs: null });
      return this.#keep({ list: this.#answer.list, failing: false });
    } catch (error) {
      this.#schedule.note({ kind: "failed", retryAfterMs: retryAfterOf(error) });
      return this.#keep({ ...this.#state, failing: true });
    }
  };

  /** The same object while nothing is different, so that nothing renders. */
  #keep(state: ListState): ListState {
    const { list, failing } = this.#state;
    if (list !== state.list || failing !== state.failing) this.#state = state;
    return this.#state;
  }
}

interface Answer {
  url: string;
  list: BoardList;
  etag: string | null;
}

/** @param known what the same question was answered last */
async function ask(url: string, known: Answer | null): Promise<Answer> {
  const response = await fetch(url, {
    cache: "no-store",
    headers: known?.etag ? { "If-None-Match": known.etag } : {},
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status === 304 && known) return known;
  if (!response.ok) throw new UnexpectedAnswer(response, false);
  const list: BoardList = await response.json();
  const boards = known ? arrangeBoards(known.list.boards, list.boards) : list.boards;
  return { url, list: { ...list, boards }, etag: response.headers.get("ETag") };
}
