/** The only place that reads `process.env`. Every mistake is reported at once, in words that say what to do. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { poolMaxDefault } from "@/db/connection-options";
import { readDatabaseUrl } from "@/db/database-url";
import { DatabaseUrlError } from "@/db/url-parameters";
import { inWords } from "@/lib/domain/issue-words";
import { type AddressRange, readRanges } from "./address-ranges";
import { readRedisUrl } from "./redis/redis-url";

export type RedisSettings =
  /** The forms of the URL are in lib/redis/redis-url.ts; `ca` is certificates in PEM. */
  { kind: "tcp"; url: string; ca?: string } | { kind: "rest"; url: string; token: string };

export interface Env {
  production: boolean;
  port: number;
  /** Address to listen on; undefined means all of them. */
  host: string | undefined;
  /** Absolute. Holds the embedded stores, the lock, and the secrets made at the first start. */
  dataDir: string;
  /** Undefined: the start command embeds Postgres. */
  databaseUrl: string | undefined;
  /** Connections to Postgres at most. */
  databasePoolMax: number;
  /** Undefined: the start command runs a private Redis, or ranks are kept in this process. */
  redis: RedisSettings | undefined;
  /** Origin under which browsers reach Rungs, without a trailing slash. */
  publicUrl: string;
  /** How long a connection without a request is kept. */
  keepAliveSeconds: number;
  /** Peers whose X-Forwarded-For is believed. */
  trustedProxies: AddressRange[];
  /** Of the event loop, what costly reads get: all together, and each address over time. */
  readPercent: number;
  readPercentPerAddress: number;
  /** How many seconds of the event loop an address may use up at once for costly reads. */
  readBurstSeconds: number;
  /** Signs sessions; made and kept in the data folder when not given. */
  authSecret: string | undefined;
  /** A line in the log for each request. */
  logRequests: boolean;
  logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
}

const url = (protocols: string[], example: string) =>
  z.string().refine((value) => {
    try {
      return protocols.includes(new URL(value).protocol);
    } catch {
      return false;
    }
  }, `must be a URL such as ${example}`);

const databaseUrl = z.string().superRefine((value, context) => {
  try {
    readDatabaseUrl(value);
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
  }
});

const publicUrl = url(["https:", "http:"], "https://rungs.example").refine(
  (value) => !URL.canParse(value) || new URL(value).href === `${new URL(value).origin}/`,
  "must be an origin such as https://rungs.example: pages do not work below a path",
);

const loopback = readRanges("loopback") ?? [];

const addressRanges = z.string().transform((list, context): AddressRange[] => {
  const ranges = readRanges(list);
  if (ranges) return ranges;
  context.addIssue({
    code: "custom",
    message: "must list addresses or ranges such as 10.0.0.0/8, or loopback, linklocal, uniquelocal, none",
  });
  return z.NEVER;
});

const redisUrlRule =
  "must be a URL such as redis://host:6379, redis+cluster://host:6379,host:6379 or redis+sentinel://host:26379/name";

const certificates = z.string().transform((file, context): string => {
  try {
    const text = readFileSync(file, "utf8");
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
    context.addIssue({ code: "custom", message: "must name a file of certificates in PEM" });
  } catch (error) {
    context.addIssue({ code: "custom", message: `cannot be read (${(error as NodeJS.ErrnoException).code})` });
  }
  return z.NEVER;
});

const percent = z.coerce.number("must be a number from 0.01 to 100").min(0.01).max(100);

const schema = z
  .object({
    NODE_ENV: z.string().optional(),
    PORT: z.coerce.number("must be a port number from 0 to 65535").int().min(0).max(65535).default(3000),
    HOST: z.string().min(1).optional(),
    DATA_DIR: z.string().min(1).default(".data"),
    DATABASE_URL: databaseUrl.optional(),
    DATABASE_POOL_MAX: z.coerce
      .number("must be a whole number from 2 to 500")
      .int()
      .min(2)
      .max(500)
      .default(poolMaxDefault),
    REDIS_URL: z
      .string()
      .refine((value) => readRedisUrl(value) !== undefined, redisUrlRule)
      .optional(),
    REDIS_CA: certificates.optional(),
    UPSTASH_REDIS_REST_URL: url(["https:", "http:"], "https://name.upstash.io").optional(),
    UPSTASH_REDIS_REST_TOKEN: z.string().min(1).optional(),
    PUBLIC_URL: publicUrl.optional(),
    KEEP_ALIVE_SECONDS: z.coerce.number("must be a number from 1 to 3600").int().min(1).max(3_600).default(75),
    TRUSTED_PROXIES: addressRanges.default(loopback),
    TRUST_PROXY: z.never("was replaced: list the proxies in TRUSTED_PROXIES, and take this away").optional(),
    READ_PERCENT: percent.default(60),
    READ_PERCENT_PER_ADDRESS: percent.default(25),
    READ_BURST_SECONDS: z.coerce.number("must be a number from 1 to 3600").min(1).max(3_600).default(60),
    AUTH_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
    LOG_REQUESTS: z.enum(["0", "1"], "must be 1 or 0").default("0"),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  })
  .superRefine((env, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (env.UPSTASH_REDIS_REST_URL && !env.UPSTASH_REDIS_REST_TOKEN) {
      issue("UPSTASH_REDIS_REST_TOKEN", "must be set together with UPSTASH_REDIS_REST_URL");
    }
    if (env.UPSTASH_REDIS_REST_TOKEN && !env.UPSTASH_REDIS_REST_URL) {
      issue("UPSTASH_REDIS_REST_URL", "must be set together with UPSTASH_REDIS_REST_TOKEN");
    }
    if (env.REDIS_URL && env.UPSTASH_REDIS_REST_URL) {
      issue("REDIS_URL", "set either REDIS_URL or UPSTASH_REDIS_REST_URL, not both");
    }
    if (env.REDIS_CA && !env.REDIS_URL?.startsWith("rediss")) {
      issue("REDIS_CA", "is for a REDIS_URL that begins with rediss, which means TLS");
    }
  });

/** Thrown with one line for each bad setting. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given, inWords);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new SettingsError(lines.join("\n"));
  }
  const env = parsed.data;
  return {
    production: env.NODE_ENV === "production",
    port: env.PORT,
    host: env.HOST,
    dataDir: resolve(env.DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    databasePoolMax: env.DATABASE_POOL_MAX,
    redis: redisSettings(env),
    publicUrl: (env.PUBLIC_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ""),
    keepAliveSeconds: env.KEEP_ALIVE_SECONDS,
    trustedProxies: env.TRUSTED_PROXIES,
    readPercent: env.READ_PERCENT,
    readPercentPerAddress: env.READ_PERCENT_PER_ADDRESS,
    readBurstSeconds: env.READ_BURST_SECONDS,
    authSecret: env.AUTH_SECRET,
    logRequests: env.LOG_REQUESTS === "1",
    logLevel: env.LOG_LEVEL,
  };
}

const neededByStores = [
  "PATH",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "SystemRoot",
  "LD_LIBRARY_PATH",
];

/** What a Postgres or Redis of our own gets of the environment: no secrets, which other processes of its user could read. */
export function storeEnvironment(source: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const given = neededByStores.filter((name) => source[name] !== undefined).map((name) => [name, source[name]]);
  return Object.fromEntries(given);
}

function redisSettings(env: z.infer<typeof schema>): RedisSettings | undefined {
  if (env.UPSTASH_REDIS_REST_URL && env.UPSTASH_REDIS_REST_TOKEN) {
    return { kind: "rest", url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN };
  }
  return env.REDIS_URL ? { kind: "tcp", url: env.REDIS_URL, ...(env.REDIS_CA && { ca: env.REDIS_CA }) } : undefined;
}
