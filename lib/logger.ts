import pino, { type Logger } from "pino";
import type { Env } from "./env";

export type { Logger } from "pino";

/** Structured JSON lines on standard output; secrets never reach it. */
export function createLogger(env: Pick<Env, "logLevel">): Logger {
  return pino({
    level: env.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ["req.headers.authorization", "req.headers.cookie", "*.password", "*.secret", "*.token"],
  });
}
