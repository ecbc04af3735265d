import type { SequenceStep } from "./rank-index";

/** How far the changes of a board are complete, whatever the order in which their steps come. */
export class Steps {
  readonly #waiting = new Map<number, number>();
  #through: number;

  constructor(through: number) {
    this.#through = through;
  }

  get through(): number {
    return this.#through;
  }

  add({ after, through }: SequenceStep): void {
    if (after > this.#through) {
      this.#waiting.set(after, through);
      return;
    }
    let next: number | undefined = through > this.#through ? through : undefined;
    while (next !== undefined) {
      this.#through = next;
      next = this.#waiting.get(next);
      this.#waiting.delete(this.#through);
    }
  }
}
