import pino, { type DestinationStream, type Logger } from "pino";
import type { Env } from "./env";

export type { Logger } from "pino";

/** Structured JSON lines on standard output, or to a stream that makes them readable; secrets never reach it. */
export function createLogger(env: Pick<Env, "logLevel">, destination?: DestinationStream): Logger {
  const options = {
    level: env.logLevel,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => pino.stdSerializers.err(withoutParameters(error)) },
    redact: ["req.headers.authorization", "req.headers.cookie", "*.password", "*.secret", "*.token"],
  };
  return destination ? pino(options, destination) : pino(options);
}

/** drizzle's errors carry the query with its parameters, hashes and tokens among them; their cause does not. */
function withoutParameters(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.name === "DrizzleQueryError" && error.cause instanceof Error ? error.cause : error;
}
