import { type Answer, ask } from "./ask";
import type { Shape } from "./shapes";

/** What stood in the place of a reply, for callers that want the reply alone. */
export class NoReply extends Error {
  readonly answer: Answer<unknown>;
  readonly status: number | undefined;

  constructor(answer: Answer<unknown>) {
    super(`the server's answer: ${answer.kind}`);
    this.answer = answer;
    this.status = "status" in answer ? answer.status : undefined;
  }
}

/** A fetcher for SWR; throws `NoReply`. */
export function replyOf<T>(shape: Shape<T>): (url: string) => Promise<T> {
  return async (url) => {
    const answer = await ask<T>(url, shape);
    if (answer.kind !== "found") throw new NoReply(answer);
    return answer.data;
  };
}
