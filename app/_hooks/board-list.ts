/**
 * The list of boards in the browser, without React: one page of it at a time, asked for again with its tag. `poll` never
 * rejects; who calls it and when is up to the owner.
 */
import type { BoardList } from "@/lib/domain/board-list";
import { arrangeBoards } from "./arrange-boards";
import { ask } from "./ask";
import { failureOf } from "./poll-board";
import { PollSchedule } from "./poll-schedule";
import { boardShape, type Shape } from "./shapes";

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
const listShape: Shape<BoardList> = { boards: [{ ...boardShape, total: 0, viewers: 0 }], total: 0 };

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
    const answer = await ask<BoardList>(url, listShape, {
      headers: known?.etag ? { "If-None-Match": known.etag } : {},
    });
    if (answer.kind === "found") {
      const { data: list, headers } = answer;
      const boards = known ? arrangeBoards(known.list.boards, list.boards) : list.boards;
      this.#answer = { url, list: { ...list, boards }, etag: headers.get("ETag") };
    } else if (answer.kind !== "unchanged" || !known?.etag) {
      this.#schedule.note(failureOf(answer));
      return this.#keep({ ...this.#state, failing: true });
    }
    this.#schedule.note({ kind: "unchanged", pollIntervalMs: null });
    return this.#keep({ list: this.#answer.list, failing: false });
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
