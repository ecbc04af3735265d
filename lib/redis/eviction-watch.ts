import type { Logger } from "@/lib/logger";
import type { RedisClient } from "./client";
import { runScript, script } from "./run-script";

export interface EvictionOptions {
  client: Pick<RedisClient, "redis" | "tags" | "nodeOf">;
  /** A key with the tag, which may name any. */
  keyOf(tag: string): string;
  logger: Logger;
}

/** In a script, since a command goes to the node of its key. O(1). KEYS: any. Reply: INFO's text. */
const infoScript = script("return redis.call('INFO', 'memory')");
const harmless = "noeviction";
const component = "rank index";

/**
 * Which servers may delete rank indexes when their memory is full. Asked again and again: settings change, a replica with
 * others is promoted, or Redis was away before.
 */
export class EvictionWatch {
  readonly #options: EvictionOptions;
  /** By server, those that are not harmless. */
  #policies = new Map<string, string>();

  constructor(options: EvictionOptions) {
    this.#options = options;
  }

  /** In words for operators. */
  troubles(): string[] {
    return [...this.#policies].map(
      ([node, policy]) => `maxmemory-policy of Redis${node && ` at ${node}`} is ${policy}: set it to ${harmless}`,
    );
  }

  /** Warns of each server once. Never rejects: one that does not say, as some hosted ones, is left alone. */
  async look(): Promise<void> {
    const { client, keyOf, logger } = this.#options;
    const before = this.#policies;
    const policies = new Map<string, string>();
    const tags = await client.tags().catch((): string[] => []);
    await Promise.all(tags.map((tag) => this.#ask(keyOf(tag), policies)));
    this.#policies = policies;
    for (const [node, policy] of policies) {
      if (before.get(node) === policy) continue;
      const consequence =
        "when its memory is full, Redis deletes rank indexes, and boards are stale until they are rebuilt";
      const remedy = `set maxmemory-policy to ${harmless}`;
      const failure = `maxmemory-policy is ${policy}`;
      logger.warn({ component, ...(node && { node }), failure, consequence }, `${component}: ${remedy}`);
    }
  }

  async #ask(key: string, policies: Map<string, string>): Promise<void> {
    const { client } = this.#options;
    const node = client.nodeOf(key);
    const known = this.#policies.get(node);
    const info = await runScript<string>(client.redis, infoScript, [key], []).catch(() => undefined);
    const [, policy] = /^maxmemory_policy:([\w-]+)/m.exec(info ?? "") ?? [];
    const present = info === undefined ? known : policy;
    if (present !== undefined && present !== harmless) policies.set(node, present);
  }
}
