/** How many watch each board now, on all instances: this one's by counting, the others' by what they tell. */
import type { ViewerCounts, ViewerExchange } from "@/lib/domain/viewers";
import type { StorageErrors } from "@/lib/storage-errors";
import type { Activity } from "./activity";
import type { Hub } from "./hub";

const tellEveryMs = 5_000;
const boardsMax = 1_000;

export class ViewersNow {
  readonly #hub: Hub;
  readonly #activity: Activity;
  readonly #exchange: ViewerExchange | null;
  readonly #storageErrors: StorageErrors;
  readonly #timer: NodeJS.Timeout | null;
  #told = 0;

  /** @param exchange null: there are no other instances. */
  constructor(hub: Hub, activity: Activity, exchange: ViewerExchange | null, storageErrors: StorageErrors) {
    this.#hub = hub;
    this.#activity = activity;
    this.#exchange = exchange;
    this.#storageErrors = storageErrors;
    this.#timer = exchange ? setInterval(() => void this.tell(), tellEveryMs).unref() : null;
  }

  async of(boardId: string): Promise<ViewerCounts> {
    return (await this.ofAll([boardId])).get(boardId) ?? { polling: 0, streaming: 0 };
  }

  /** The same for many boards, in as many round trips as for one. */
  async ofAll(boardIds: readonly string[]): Promise<Map<string, ViewerCounts>> {
    const others = await this.#exchange?.others(boardIds).catch((error: unknown) => {
      this.#report(error, "viewers of other instances not counted");
      return undefined;
    });
    const counts = boardIds.map((boardId): [string, ViewerCounts] => {
      const { polling = 0, streaming = 0 } = others?.get(boardId) ?? {};
      return [
        boardId,
        {
          polling: polling + this.#activity.pollersOf(boardId),
          streaming: streaming + this.#hub.viewersOf(boardId),
        },
      ];
    });
    return new Map(counts);
  }

  /** Tells the others; not when there is nothing to tell, as there was not before. */
  async tell(): Promise<void> {
    const boards = [...new Set([...this.#hub.boards(), ...this.#activity.boards()])].slice(0, boardsMax);
    if (boards.length === 0 && this.#told === 0) return;
    const counts = boards.map((board): [string, ViewerCounts] => {
      return [board, { polling: this.#activity.pollersOf(board), streaming: this.#hub.viewersOf(board) }];
    });
    this.#told = boards.length;
    await this.#exchange?.tell(new Map(counts)).catch((error: unknown) => {
      this.#report(error, "viewers of this instance not counted on others; retried within seconds");
    });
  }

  #report(error: unknown, consequence: string): void {
    this.#storageErrors.report({ component: "viewer counts", error, consequence });
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
  }
}
