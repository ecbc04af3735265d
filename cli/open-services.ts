/** Connects a command to where the boards are. */
import { randomBytes } from "node:crypto";
import type { ApiKeys } from "@/lib/auth/api-keys";
import { readEnv } from "@/lib/env";
import type { Context } from "@/lib/leaderboard/context";
import { deferredRankIndex } from "./deferred-rank-index";
import { silentLogger, withStores } from "./open-stores";

export interface CommandServices {
  context: Context;
  apiKeys: ApiKeys;
}

/** Runs `work` connected, and lets go of everything afterwards, also of stores that only it needed. */
export function withServices<T>(work: (services: CommandServices) => Promise<T>): Promise<T> {
  return withStores(readEnv(), async (env) => {
    // Loaded this late because it takes longer than all the rest, and help and refusals need none of it.
    const { createServices } = await import("@/lib/services");
    // Nothing here signs sessions.
    const authSecret = env.authSecret ?? randomBytes(32).toString("hex");
    const services = await createServices({ ...env, authSecret }, silentLogger, { background: false });
    try {
      const index = env.redis ? services.index : deferredRankIndex;
      return await work({ context: { ...services, index }, apiKeys: services.apiKeys });
    } finally {
      await services.close();
    }
  });
}
