import { createHash } from "node:crypto";
import type { Redis } from "@upstash/redis";

export interface Script {
  source: string;
  sha1: string;
}

export function script(source: string): Script {
  return { source, sha1: createHash("sha1").update(source).digest("hex") };
}

/** Runs a script by its digest; the server learns the source on first use, and again after it forgot it. */
export async function runScript<T>(redis: Redis, script: Script, keys: string[], args: (string | number)[]) {
  try {
    return await redis.evalsha<(string | number)[], T | null>(script.sha1, keys, args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return await redis.eval<(string | number)[], T | null>(script.source, keys, args);
  }
}
