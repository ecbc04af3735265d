/** A program that answers each line of JSON on its standard input with one on its standard output. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { launch, type StartOptions } from "./processes";

export interface Dialogue {
  pid: number;
  ask<Reply>(question: object): Promise<Reply>;
  stop(): Promise<void>;
}

/** Resolves once the program has said `ready`. */
export async function startDialogue(options: StartOptions): Promise<Dialogue> {
  const { child, stop } = launch(options);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${options.args.join(" ")} ended early`);
    return value as string;
  };
  try {
    const first = await next();
    if (first !== "ready") throw new Error(`${options.args.join(" ")} said ${first}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    async ask(question) {
      if (child.stdin?.write(`${JSON.stringify(question)}\n`) === false) await once(child.stdin, "drain");
      return JSON.parse(await next());
    },
    stop,
  };
}
