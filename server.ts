/**
 * Process entry: settings, stores, services, pages, then one port for all of it; and back down in the opposite order.
 * Run by scripts/start.mjs, which builds it. Options: --dev, --demo, --no-redis.
 */
import "@/lib/start/keep-tick-shape";
import { createServer } from "node:http";
import next from "next";
import { busyPage } from "@/app/_server/busy-page";
import { routes } from "@/app/api/routes";
import { runDemo } from "@/cli/demo";
import { createFirstOrganizerLink } from "@/lib/auth/first-organizer";
import { type Stores, startStores } from "@/lib/embedded/stores";
import { type Env, readEnv } from "@/lib/env";
import { createAssets } from "@/lib/http/assets";
import { watchFileLimit } from "@/lib/http/file-limit";
import { gatedPages } from "@/lib/http/gated-pages";
import { createListener } from "@/lib/http/listener";
import { completeHeaders, readOnly } from "@/lib/http/pages";
import { ensureSampleBoard } from "@/lib/leaderboard/ensure-sample-board";
import type { Logger } from "@/lib/logger";
import { createServices, type Services } from "@/lib/services";
import { banner } from "@/lib/start/banner";
import { listen } from "@/lib/start/http-server";
import { Shutdown } from "@/lib/start/shutdown";
import { createStartLogger } from "@/lib/start/start-logger";

const option = (name: string) => process.argv.includes(`--${name}`);
const terminal = process.stdout.isTTY === true;

/** Milliseconds each part may take to stop; together within what process managers grant. */
const stopMs = { viewers: 500, requests: 1000, pages: 500, services: 1500, stores: 5000 };

try {
  const env = readEnv();
  const logger = createStartLogger(env, terminal);
  const shutdown = new Shutdown(logger);
  await start(env, logger, shutdown).catch((error) => {
    if (shutdown.signal.aborted) return;
    complain(error);
    return shutdown.exit(1);
  });
} catch (error) {
  complain(error);
  process.exit(1);
}

async function start(env: Env, logger: Logger, shutdown: Shutdown): Promise<void> {
  const starting = startStores(env, logger, { privateRedis: !option("no-redis") });
  shutdown.onStop("stores", stopMs.stores, () =>
    starting.then(
      (stores) => stores.stop(),
      () => undefined,
    ),
  );
  const stores = await starting;
  const http = await listen(env);
  const publicUrl = env.publicUrl.replace(/:0$/, `:${http.port}`);
  const services = await createServices({ ...stores.env, port: http.port, publicUrl }, logger, {
    privateRedis: !env.redis,
    ownPostgres: !env.databaseUrl,
    // Not 0, so that what keeps the service running starts it again.
    onDatabaseLost: () => void shutdown.exit(1),
  });
  watchFileLimit(http.server, { logger, onNear: () => services.metrics.http.nearFileLimit.inc() });
  shutdown.onStop("services", stopMs.services, () => services.close());
  // Next takes over the upgrades of the server it is given, and drops those it does not know. Only development needs any.
  const httpServer = option("dev") ? http.server : createServer();
  const pages = next({ dev: option("dev"), dir: process.cwd(), httpServer, port: http.port });
  shutdown.onStop("pages", stopMs.pages, () => pages.close());
  await pages.prepare();
  shutdown.onStop("requests", stopMs.requests, () => http.close(stopMs.requests - 100));
  shutdown.onStop("viewers", stopMs.viewers, () => services.drain());
  const made = pages.getRequestHandler();
  // What a page costs while it is compiled says nothing.
  const page = completeHeaders(option("dev") ? made : gatedPages(services, made, busyPage));
  http.serve(createListener(services, routes, option("dev") ? page : await createAssets(".next", readOnly(page))));
  await stores.announce(http.localUrl);
  await greet(services, stores);
  if (option("demo")) await demo(services, http.localUrl, shutdown.signal);
}

async function greet(services: Services, stores: Stores): Promise<void> {
  const { dataDir, publicUrl } = services.env;
  const [firstOrganizerLink, sample] = await Promise.all([
    createFirstOrganizerLink(services),
    ensureSampleBoard(services, dataDir),
  ]);
  const { rankIndexTrouble } = services;
  const facts = { url: publicUrl, dataDir, parts: stores.parts, rankIndexTrouble, firstOrganizerLink, sample };
  process.stdout.write(banner({ ...facts, bold: terminal }));
}

function demo(services: Services, url: string, signal: AbortSignal): Promise<void> {
  const output = process.stdout;
  return runDemo({ context: services, apiKeys: services.apiKeys, url, dataDir: services.env.dataDir, output, signal });
}

/** What an operator can mend gets a line; anything else is a defect, and shows where it happened. */
function complain(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const expected = name === "StartError" || name === "SettingsError";
  const lines = expected ? message.split("\n") : [stack ?? message];
  for (const line of lines) process.stderr.write(`rungs: ${line}\n`);
}
