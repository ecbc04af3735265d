import pretty from "pino-pretty";
import type { Env } from "@/lib/env";
import { createLogger, type Logger } from "@/lib/logger";

/** JSON lines for machines; in a terminal readable lines, and only what needs attention beside the banner. */
export function createStartLogger(env: Env, terminal: boolean): Logger {
  if (!terminal) return createLogger(env);
  const logLevel = env.logLevel === "info" ? "warn" : env.logLevel;
  return createLogger({ logLevel }, pretty({ translateTime: "HH:MM:ss", sync: true }));
}
