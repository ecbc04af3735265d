import type { RungsContender } from "./contenders";

/** Where a server keeps its data, for what is to use the same. */
export interface ServerStores {
  databaseUrl: string;
  redisUrl: string;
}

/** Throws for a server without Redis. */
export function storesOf({ databaseUrl, redisUrl }: RungsContender): ServerStores {
  if (!redisUrl) throw new Error("the server has found no Redis");
  return { databaseUrl, redisUrl };
}
