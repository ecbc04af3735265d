import pino from "pino";
import pretty from "pino-pretty";
import type { Env } from "@/lib/env";
import { createLogger, type Logger } from "@/lib/logger";

/** JSON lines for machines; in a terminal readable lines, and only what needs attention beside the banner. */
export function createStartLogger(env: Env, terminal: boolean): Logger {
  if (!terminal) return createLogger(env);
  const level = env.logLevel === "info" ? "warn" : env.logLevel;
  const redact = ["req.headers.authorization", "req.headers.cookie", "*.password", "*.secret", "*.token"];
  return pino({ level, base: null, redact }, pretty({ translateTime: "HH:MM:ss", sync: true }));
}
