import { pino } from "pino";
import type { Logger } from "@/lib/logger";
import { StorageErrors } from "@/lib/storage-errors";

/** Where a test's parts may log and report without anybody reading it. */
export function silentLog(): { logger: Logger; storageErrors: StorageErrors } {
  const logger = pino({ level: "silent" }) as Logger;
  return { logger, storageErrors: new StorageErrors(logger) };
}
