/** The only place that constructs things. Everything else is handed what it works with. */
import { type Database, withDeadline } from "@/db/client";
import { leasesHeld } from "@/db/instance-lease";
import { findBoard } from "@/db/queries/boards";
import { type OutboxBacklog, readBacklog } from "@/db/queries/outbox";
import { type ApiKeys, createApiKeys } from "./auth/api-keys";
import { ClientAddresses } from "./auth/client-address";
import { createOrganizerAuth, type OrganizerAuth } from "./auth/organizer-auth";
import { createPlayerTokens, type PlayerTokens } from "./auth/player-tokens";
import { type Bodies, createBodies } from "./body-memory";
import { connectDatabase } from "./connect-database";
import { isRungsError } from "./domain/errors";
import { streamWindow } from "./domain/snapshot";
import { encodeEntry } from "./domain/wire";
import { keepSecrets } from "./embedded/secrets";
import { type Env, readEnv, SettingsError } from "./env";
import { type Health, HealthCheck } from "./health";
import { Tapes, type TapesOptions } from "./history/tapes";
import { InboxKeeper, type KeeperOptions } from "./inbox/keeper";
import { keptFor } from "./kept-for";
import { auditIndexes, dropIfBehind } from "./leaderboard/audit-indexes";
import type { Context } from "./leaderboard/context";
import { noteDropped } from "./leaderboard/dropped-index";
import { IndexLag } from "./leaderboard/index-lag";
import { OutboxSettler } from "./leaderboard/outbox-settler";
import { readPlayer } from "./leaderboard/read-player";
import { postgresEpoch, readSnapshot } from "./leaderboard/read-snapshot";
import { rebuildIndex } from "./leaderboard/rebuild-index";
import { ScoreWriter } from "./leaderboard/score-writer";
import { StaleAnswers } from "./leaderboard/stale-answers";
import { InFlightKeys } from "./leaderboard/submit-scores";
import { Sweeper } from "./leaderboard/sweeper";
import { Acknowledgements } from "./live/acknowledgements";
import { Activity } from "./live/activity";
import type { ChannelSource } from "./live/board-channel";
import { Hub, type HubOptions } from "./live/hub";
import { KeptBodies } from "./live/kept-bodies";
import { LiveBoards } from "./live/live-boards";
import { ViewersNow } from "./live/viewers-now";
import { type ReadPageFrom, Views } from "./live/views";
import { createLogger, type Logger } from "./logger";
import { bytesMaxOf } from "./memory-bounds";
import { createMetrics } from "./metrics";
import { processSingleton } from "./process-singleton";
import { type OpenOptions, openRankIndex } from "./rank-index/open-rank-index";
import { ReadGate, readLimits } from "./read-gate/read-gate";
import { StorageErrors } from "./storage-errors";

export interface Services extends Context {
  env: Env;
  clientAddresses: ClientAddresses;
  apiKeys: ApiKeys;
  organizerAuth: OrganizerAuth;
  playerTokens: PlayerTokens;
  writer: ScoreWriter;
  inFlight: InFlightKeys;
  liveBoards: LiveBoards;
  views: Views;
  hub: Hub;
  activity: Activity;
  viewersNow: ViewersNow;
  acknowledgements: Acknowledgements;
  tapes: Tapes;
  reads: ReadGate;
  bodies: Bodies;
  keptBodies: KeptBodies;
  boardLists: KeptBodies;
  /** Why the rank index could not be used at the start, else null. */
  rankIndexTrouble: string | null;
  /** What each cache takes of memory, in bytes. */
  cacheBytes(): Record<string, number>;
  health(): Promise<Health>;
  /** Sends viewers elsewhere and reports not ready; requests under way go on. */
  drain(): void;
  /** Finishes what was accepted, then lets go of the stores. */
  close(): Promise<void>;
}

/** A page of the list of boards serves everybody for so long. */
const boardListMs = 1_000;
/** For each scrape of the metrics, however many there are. */
const backlogKeptMs = 5_000;
const backlogDeadlineMs = 2_000;
/** After services could not be made. */
const retryMs = 1_000;
const holder = processSingleton<{ services?: Promise<Services> }>("services", () => ({}));

/** The process' services, made from the environment when the server entry has not made them. */
export function getServices(): Promise<Services> {
  return holder.services ?? hold(servicesFromEnv());
}

/** For the process, or until it is time to try again. */
function hold(services: Promise<Services>): Promise<Services> {
  holder.services = services;
  const forget = () => {
    if (holder.services === services) delete holder.services;
  };
  services.catch(() => setTimeout(forget, retryMs).unref());
  return services;
}

/** Whether somebody has made the services already. */
export function hasServices(): boolean {
  return holder.services !== undefined;
}

export interface ServicesOptions {
  /** False leaves out sweep, inboxes and change feed, for a command that soon ends. */
  background?: boolean;
  /** The Redis in `env` is a private one, which no other instance can see. */
  privateRedis?: boolean;
  /** Postgres belongs to the data folder that this process has locked. */
  ownPostgres?: boolean;
  /** Ends the process: another instance has come that this one cannot be together with. */
  onDatabaseLost?: () => void;
  hub?: HubOptions;
  keeper?: KeeperOptions;
  tapes?: TapesOptions;
  bodies?: Bodies;
}

/** Migrates, connects and wires. */
export function createServices(
  env: Env & { databaseUrl: string },
  logger: Logger,
  options: ServicesOptions = {},
): Promise<Services> {
  return hold(build(env, logger, options));
}

async function servicesFromEnv(): Promise<Services> {
  const env = readEnv();
  if (!env.databaseUrl) throw new SettingsError("DATABASE_URL: must be set when Rungs is not started by `npm start`");
  const { authSecret } = env.authSecret ? { authSecret: env.authSecret } : await keepSecrets(env.dataDir);
  const logger = createLogger(env);
  return createServices({ ...env, databaseUrl: env.databaseUrl, authSecret }, logger).catch((error: unknown) => {
    const why = error instanceof Error && error.name === "StartError" ? { failure: error.message } : { err: error };
    logger.error(why, "services not started; requests are answered with 503, retried with the next one");
    throw error;
  });
}

async function build(env: Env & { databaseUrl: string }, logger: Logger, options: ServicesOptions): Promise<Services> {
  const background = options.background ?? true;
  const storageErrors = new StorageErrors(logger);
  const { database, lease, ranks, rankIndexTrouble } = await connect(env, logger, storageErrors, {
    ...options,
    onForeign: (uid) => noteDropped({ logger, metrics }, uid, "foreign"),
  });
  const { index, feed, viewerExchange } = ranks;
  const lag = new IndexLag();
  const staleAnswers = new StaleAnswers();
  const metrics = createMetrics({
    streams: () => hub.viewers,
    streamCounts: () => hub.counts,
    acknowledged: () => acknowledgements.report(),
    storageErrors: () => storageErrors.counts(),
    staleAnswers,
    indexesBehind: () => lag.size,
    backlog: keptFor(backlogKeptMs, () => backlogOrNull(database, storageErrors)),
    health: () => healthCheck.read(),
    cacheBytes: () => cacheBytes(),
  });
  const onIndexChanged: Context["onIndexChanged"] = (uid, position) => changed(uid, position);
  const onIndexBehind: Context["onIndexBehind"] = (uid) => {
    liveBoards.expire(uid);
    hub.changed(uid);
  };
  const onIndexesVerified: Context["onIndexesVerified"] = (...verified) => liveBoards.noteVerified(...verified);
  const callbacks = { onIndexChanged, onIndexBehind, onIndexesVerified };
  const context: Context = { database, index, logger, metrics, storageErrors, staleAnswers, lag, ...callbacks };

  const liveBoards = new LiveBoards({
    find: (id) => withDeadline(findBoard(database.db, id)),
    shardOf: (uid) => index.shardOf(uid),
    states: (uids) => index.states(uids),
    rebuild: (uid, patience) => rebuildIndex(context, uid, patience),
    audit: (uids) =>
      auditIndexes(context, uids).catch((error: unknown) => {
        const consequence = "rank indexes served without a comparison; retried within seconds";
        storageErrors.report({ component: "index audit", error, consequence });
      }),
    connectionsLost: () => database.connectionsLost(),
    isBehind: (uid, state) => lag.isBehind(uid, state),
    wentBack: (uid, known) => dropIfBehind(context, uid, known),
    isIndexAway: (error) => error instanceof Error && error.name === "IndexUnavailableError",
    failed: (board, error, consequence) =>
      storageErrors.report({ component: "board positions", board, error, consequence }),
    postgresEpoch,
  });
  const readPage: ReadPageFrom = ({ board }, { offset, limit }) => readSnapshot(context, board, offset, limit);
  const views = new Views(liveBoards, readPage, storageErrors);
  const reads = new ReadGate(readLimits(env));
  const source: ChannelSource = {
    storageErrors,
    read: async (boardId) => {
      const view = await views.read(boardId, { offset: 0, limit: streamWindow });
      if (view.page.stale) staleAnswers.given(boardId);
      return view;
    },
    readStanding: async (board, player, payer) => {
      const read = () => readPlayer(context, board, player, 0).catch(nullIfUnknown);
      const found = await (payer === undefined ? read() : reads.run(payer, "player", read));
      return found && `{"entry":${encodeEntry(found.entry, board.decimals)},"total":${found.total}}`;
    },
    audit: (uid) =>
      auditIndexes(context, [uid])
        .then(() => undefined)
        .finally(() => liveBoards.expire(uid)),
  };
  const acknowledgements = new Acknowledgements();
  const hub = new Hub(liveBoards, source, options.hub);
  const changed: Context["onIndexChanged"] = (uid, position) => {
    liveBoards.note(uid, position);
    acknowledgements.moved(uid, position);
    hub.changed(uid);
    keeper?.changed(uid);
  };
  const keeper = background
    ? new InboxKeeper(context, (uid, newest) => feed?.tellInbox(uid, newest), options.keeper)
    : null;
  feed?.listen({
    onChange: changed,
    onGap: () => {
      liveBoards.expireAll();
      hub.compareAll();
      void keeper?.compareAll();
    },
    onInbox: (uid, newest) => hub.inbox(uid, newest),
  });

  const settler = new OutboxSettler(context);
  const writer = new ScoreWriter(context, settler);
  const apiKeys = createApiKeys({ database, logger, storageErrors, authSecret: env.authSecret });
  const clientAddresses = new ClientAddresses(env.trustedProxies, logger);
  const organizerAuth = createOrganizerAuth({ database, env, logger, storageErrors });
  const activity = new Activity();
  const viewersNow = new ViewersNow(hub, activity, background ? viewerExchange : null, storageErrors);
  const tapes = new Tapes(database, storageErrors, options.tapes);
  const keptBodies = new KeptBodies({ bytesMax: bytesMaxOf("keptBodies") });
  const boardLists = new KeptBodies({ unchangedMs: boardListMs, bytesMax: bytesMaxOf("boardLists") });
  const cacheBytes = () => ({
    views: views.bytes,
    kept_bodies: keptBodies.bytes,
    board_lists: boardLists.bytes,
    live_boards: liveBoards.bytes,
    tapes: tapes.bytes,
    streams: hub.bytes,
    api_keys: apiKeys.bytes(),
    client_addresses: clientAddresses.bytes,
    read_budgets: reads.bytes,
    sign_in_refusals: organizerAuth.bytes(),
    acknowledgements: acknowledgements.bytes,
    activity: activity.bytes,
  });
  const sweeper = background ? new Sweeper(context, () => liveBoards.inUse()) : null;
  const healthCheck = new HealthCheck(context, () => ranks.troubles());
  return {
    ...context,
    env,
    clientAddresses,
    apiKeys,
    organizerAuth,
    playerTokens: createPlayerTokens(env.authSecret),
    writer,
    inFlight: new InFlightKeys(),
    liveBoards,
    views,
    hub,
    activity,
    viewersNow,
    acknowledgements,
    tapes,
    reads,
    bodies: options.bodies ?? createBodies(),
    keptBodies,
    boardLists,
    rankIndexTrouble,
    cacheBytes,
    health: () => healthCheck.read(),
    drain() {
      healthCheck.drain();
      hub.drain();
    },
    async close() {
      await writer.close();
      await sweeper?.close();
      await keeper?.close();
      await settler.close();
      await apiKeys.close();
      viewersNow.close();
      await feed?.close();
      await index.close();
      await lease?.close();
      await database.close();
    },
  };
}

/** Connects the stores and checks them; leaves no connection open if that fails. */
async function connect(
  env: Env & { databaseUrl: string },
  logger: Logger,
  storageErrors: StorageErrors,
  options: ServicesOptions & Pick<OpenOptions, "onForeign">,
) {
  const { onForeign, background = true, privateRedis = false, onDatabaseLost = () => process.exit(1) } = options;
  const alone = !env.redis || privateRedis;
  const { database, keyspace, lease } = await connectDatabase(env, logger, {
    background,
    alone,
    owned: options.ownPostgres ?? false,
    storageErrors,
    onLost: onDatabaseLost,
  });
  const opened: { close(): Promise<void> }[] = lease ? [lease, database] : [database];
  try {
    const { publicUrl } = env;
    const instances = { lease, held: (endings: ReadonlyMap<string, number>) => leasesHeld(database.sql, endings) };
    const settings = { keyspace, publicUrl, logger, storageErrors, listening: background, onForeign, instances };
    const ranks = openRankIndex(env.redis, settings);
    opened.unshift(ranks.index);
    const rankIndexTrouble = await ranks.check();
    return { database, lease, ranks, rankIndexTrouble };
  } catch (error) {
    for (const one of opened) await one.close();
    throw error;
  }
}

async function backlogOrNull({ sql }: Database, storageErrors: StorageErrors): Promise<OutboxBacklog | null> {
  try {
    return await withDeadline(readBacklog(sql), backlogDeadlineMs);
  } catch (error) {
    storageErrors.report({ component: "metrics", error, consequence: "outbox backlog missing in /metrics" });
    return null;
  }
}

function nullIfUnknown(error: unknown): null {
  if (isRungsError(error) && error.code === "player-not-found") return null;
  throw error;
}
