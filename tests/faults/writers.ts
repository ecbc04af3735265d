/** Game backends: each posts with an idempotency key and repeats what was not answered until it is, or gives up. */
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Random } from "@/tests/support/seeded-random";
import { type RunBoard, runBoards } from "./boards";
import type { Cluster } from "./cluster";
import type { History, PostedItem } from "./history";

export interface Writers {
  /** Posts nothing new; resolves when everything posted has been answered or given up. */
  stop(): Promise<void>;
  /** One more post, to see it arrive; of these scores, or of any one. */
  post(board: RunBoard, items?: PostedItem[]): Promise<string>;
}

export interface WritersOptions {
  cluster: Cluster;
  history: History;
  random: Random;
  newItem: (board: RunBoard, random: Random) => PostedItem;
}

const writers = 4;
const answerMs = 5_000;
/** So long a writer goes on with one post; some give up after the first attempt. */
const patienceMs = 40_000;
const impatient = 0.1;
/** Posts that give a player another name as well. */
const renaming = 0.2;
/** Nothing more can be done about these: repeating would give the same. */
const isFinal = (status: number) => status < 500 && ![0, 408, 409, 429].includes(status);

export function startWriters({ cluster, history, random, newItem }: WritersOptions): Writers {
  const agent = new Agent({ keepAlive: true });
  let stopping = false;
  let number = 0;

  async function write(own: Random): Promise<void> {
    while (!stopping) {
      const board = own.pick(runBoards);
      const length = own.whole(1, 4);
      const patience = own.chance(impatient) ? 0 : patienceMs;
      const items = Array.from({ length }, () => newItem(board, own));
      await post(board, own, items, patience);
      await wait(own.whole(10, 90));
    }
  }

  async function post(board: RunBoard, own: Random, items: PostedItem[], patience: number): Promise<string> {
    const key = `post-${++number}`;
    history.add({ type: "post", key, board: board.id, items });
    const renames = own.chance(renaming) ? items.slice(0, 1).map(({ player }) => ({ player, name: `By ${key}` })) : [];
    const body = JSON.stringify({ scores: [...items, ...renames] });
    const end = performance.now() + patience;
    for (let attempts = 1; ; attempts++) {
      const result = await send(board.id, key, body);
      if (typeof result === "number" && isFinal(result)) {
        history.add({ type: "answer", key, status: result, attempts });
        return key;
      }
      if (performance.now() >= end) {
        history.add({ type: "unknown", key, attempts, reason: String(result) });
        return key;
      }
      await wait(own.whole(50, 300));
    }
  }

  /** The status, or why there was none. */
  function send(board: string, key: string, body: string): Promise<number | string> {
    return new Promise((resolve) => {
      const outgoing = request({
        agent,
        host: "127.0.0.1",
        port: cluster.balancer.port,
        method: "POST",
        path: `/api/v1/boards/${board}/scores`,
        headers: {
          authorization: cluster.authorization,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "idempotency-key": key,
        },
      });
      outgoing.setTimeout(answerMs, () => outgoing.destroy(new Error(`no answer within ${answerMs} ms`)));
      outgoing.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      outgoing.on("response", (incoming) => {
        incoming.resume();
        incoming.on("end", () => resolve(incoming.statusCode ?? 0));
        incoming.on("error", (error) => resolve(error.message));
      });
      outgoing.end(body);
    });
  }

  const all = Promise.all(Array.from({ length: writers }, () => write(random.fork())));
  return {
    async stop() {
      stopping = true;
      await all;
    },
    post: (board, items = [newItem(board, random)]) => post(board, random, items, patienceMs),
  };
}
