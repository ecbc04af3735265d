import { inject } from "vitest";

/** The Redis of the test run. All files share it; keys carry the installation id of a file's database. */
export function redisUrl(): string {
  return inject("stores").redisUrl;
}
