import type { LogStep } from "@/lib/domain/board-log";

/**
 * How far the changes of a board are complete, whatever the order in which their steps come. `late`: the step ends
 * before that point, so its digest cannot be compared; `foreign`: the step belongs to another history.
 */
export class Steps {
  readonly #waiting = new Map<number, LogStep>();
  #through: number;
  #digest: string;

  constructor(through: number, digest: string) {
    this.#through = through;
    this.#digest = digest;
  }

  get through(): number {
    return this.#through;
  }

  get digest(): string {
    return this.#digest;
  }

  add(step: LogStep): "taken" | "late" | "foreign" {
    if (step.after > this.#through) {
      this.#waiting.set(step.after, step);
      return "taken";
    }
    if (step.through < this.#through) return "late";
    if (step.through === this.#through) return step.digest === this.#digest ? "taken" : "foreign";
    let next: LogStep | undefined = step;
    while (next) {
      if (next.after !== this.#through || next.afterDigest !== this.#digest) return "foreign";
      this.#through = next.through;
      this.#digest = next.digest;
      next = this.#waiting.get(this.#through);
      this.#waiting.delete(this.#through);
    }
    return "taken";
  }
}
