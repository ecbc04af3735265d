import type { Redis } from "@upstash/redis";
import { type Circuit, createCircuit } from "@/lib/redis/circuit";
import type { RedisClient } from "@/lib/redis/client";
import { isWithheld } from "@/lib/redis/instance-registry";
import { runScript, type Script } from "@/lib/redis/run-script";
import { columnsWidth, indexShape } from "./order-key";
import { type IndexBoard, type IndexPosition, type IndexState, IndexUnavailableError } from "./rank-index";
import { changeMessage, changesChannel } from "./redis-scripts";

/** How long calls fail at once after Redis did not answer. */
const openMs = 500;
const messageMax = 200;
const circuitsMax = 1_000;

/** Scripts and commands with one kind of failure: IndexUnavailableError, at once while Redis is known to be away. */
export class RedisStore {
  readonly #client: Pick<RedisClient, "redis" | "nodeOf">;
  /** One for each node of a Cluster, and one, "", for what goes to any. */
  readonly #circuits = new Map<string, Circuit>();
  readonly channel: string;

  constructor(client: Pick<RedisClient, "redis" | "nodeOf">, installationId: string) {
    this.#client = client;
    this.channel = changesChannel(installationId);
  }

  run<T>(script: Script, keys: string[], args: (string | number)[]): Promise<T | null> {
    return this.ask((redis) => runScript<T>(redis, script, keys, args), this.nodeOf(keys[0] ?? ""));
  }

  /** Names the server that has the key. */
  nodeOf(key: string): string {
    return this.#client.nodeOf(key);
  }

  /** @param node the server that all of the call's keys are on */
  async ask<T>(call: (redis: Redis) => Promise<T>, node = ""): Promise<T> {
    try {
      return await this.#circuitOf(node).run(() => call(this.#client.redis));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new IndexUnavailableError(`the rank index is away: ${reason.slice(0, messageMax)}`, { cause: error });
    }
  }

  #circuitOf(node: string): Circuit {
    const known = this.#circuits.get(node);
    if (known) return known;
    const circuit = createCircuit({ openMs, isOutage: (error) => !isReply(error) && !isWithheld(error) });
    // Nodes come and go, but for one Redis only in changes of its setup.
    if (this.#circuits.size >= circuitsMax) this.#circuits.clear();
    this.#circuits.set(node, circuit);
    return circuit;
  }

  /** For servers that do not publish from inside a script; `announced` is what the script said. */
  async announce(announced: number, uid: number, position: IndexPosition | null): Promise<void> {
    if (announced === 0) await this.ask((redis) => redis.publish(this.channel, changeMessage(uid, position)));
  }
}

/** The server is there and refused; anything else is a connection that failed or was too slow. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === "UpstashError";
}

/** What every operation on the index needs. */
export interface IndexTarget {
  store: RedisStore;
  installationId: string;
  onForeign(uid: number): void;
}

/** How the replies about a finished index begin. */
export type StateReply = [
  epoch: string,
  version: number,
  revision: number,
  total: number,
  through: number,
  digest: string,
  seqSum: number,
];

export function stateOf(reply: [...StateReply, ...unknown[]]): IndexState {
  const [epoch, version, revision, total, through, digest, seqSum] = reply;
  return { epoch, version, revision, total, through, digest, seqSum };
}

/** How the arguments of the scripts on a finished index begin. */
export function indexArguments(board: IndexBoard): (string | number)[] {
  return [indexShape(board), board.rankStyle, columnsWidth(board)];
}
