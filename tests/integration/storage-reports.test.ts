/** Whatever fails when a store does is logged with its component and consequence, counted, and seen by /readyz. */
import { pino } from "pino";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readKeyspace } from "@/db/keyspace";
import type { Logger } from "@/lib/logger";
import { boardKeys, probeKeys } from "@/lib/rank-index/redis-scripts";
import type { StorageComponent } from "@/lib/storage-errors";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { type PrivateRedis, startPrivateRedis } from "@/tests/support/private-redis";

let redis: PrivateRedis;
let api: ApiServer;
let keyspace: string;
let manager: { authorization: string };
let organizer: Record<string, string>;
const boards: Record<string, { id: string; uid: number }> = {};
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  redis = await startPrivateRedis();
  const logger = pino({ level: "warn" }, { write: (line: string) => lines.push(JSON.parse(line)) }) as Logger;
  api = await startApi({ redisUrl: redis.url, logger, keeper: { backstopMs: 100 } });
  keyspace = await readKeyspace(api.services.database.sql);
  manager = await api.newKey(["boards:manage"]);
  organizer = await api.signIn();
  // Of the others nothing is in memory.
  for (const name of ["read", "listed", "streamed", "posted"]) {
    const id = await api.newBoard({ id: name, delivery: "sse" });
    await api.score(id, { player: "a", score: 1 });
    boards[name] = { id, uid: (await api.services.database.sql`select uid from boards where id = ${id}`)[0]?.uid };
  }
});

afterAll(async () => {
  await api?.close();
  await redis?.stop();
});

interface Fault {
  begin(): Promise<unknown>;
  end(): Promise<unknown>;
}

interface Provocation {
  faults: Fault[];
  /** What fails by it, where that is not done in the background. */
  use?: () => Promise<unknown>;
}

const sql = (text: string) => api.services.database.sql.unsafe(text);
/** As after a change of the schema by hand. */
const withoutColumn = (table: string, column: string): Fault => ({
  begin: () => sql(`alter table ${table} rename column ${column} to ${column}_gone`),
  end: () => sql(`alter table ${table} rename column ${column}_gone to ${column}`),
});
/** The key has a type by which every command on it fails. */
const spoiledKey = (keyOf: () => string): Fault => ({
  async begin() {
    await redis.command("COPY", keyOf(), `${keyOf()}:kept`);
    await redis.command("SET", keyOf(), "spoiled");
  },
  async end() {
    await redis.command("DEL", keyOf());
    await redis.command("COPY", `${keyOf()}:kept`, keyOf());
  },
});
const uidOf = (name: string) => boards[name]?.uid ?? 0;
const spoiledIndex = (name: string) => spoiledKey(() => boardKeys(keyspace, uidOf(name)).m);
const lostIndex = (name: string): Fault => ({
  begin: () => redis.command("DEL", boardKeys(keyspace, uidOf(name)).m),
  end: async () => undefined,
});
const rowDue: Fault = {
  begin: () =>
    sql(`insert into index_outbox (board_uid, players, leased_until) values (${uidOf("read")}, '{a}', now())`),
  end: () => sql("delete from index_outbox"),
};
const undeletableRows: Fault = {
  async begin() {
    await sql("create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$");
    await sql("create trigger refuse before delete on index_outbox execute function refuse()");
  },
  end: () => sql("drop function refuse cascade"),
};

const get = (path: string, headers = {}) => api.get(`/api/v1${path}`, headers);
const readBoard = () => get("/boards/read");
const listBoards = () => get("/boards");
const post = () => api.score("posted", { player: "a", score: Math.random() * 1e6, name: "a" }, {}, "?round=true");

const provocations: Record<StorageComponent, Provocation> = {
  "API keys": { faults: [withoutColumn("api_keys", "secret_hash")], use: () => newKeyUsed() },
  "board list": { faults: [spoiledIndex("listed"), withoutColumn("standings", "name")], use: listBoards },
  "board pages": { faults: [spoiledIndex("read")], use: readBoard },
  "board positions": { faults: [spoiledIndex("read")], use: readBoard },
  "change feed": {
    faults: [{ begin: () => redis.command("CLIENT", "KILL", "TYPE", "pubsub"), end: async () => undefined }],
  },
  "clean-up": { faults: [withoutColumn("deleted_boards", "uid")] },
  history: { faults: [withoutColumn("score_events", "player")], use: () => get("/boards/read/timeline") },
  "inbox worker": { faults: [withoutColumn("watched_players", "board")] },
  "index audit": { faults: [withoutColumn("boards", "seq_sum")], use: readBoard },
  "index rebuild": { faults: [lostIndex("read"), withoutColumn("standings", "reached")], use: readBoard },
  "instance lease": { faults: [withoutColumn("instance_leases", "expires_at")] },
  "instance registry": { faults: [spoiledKey(() => `rungs:${keyspace.split("-")[0]}:{instances}`)] },
  metrics: { faults: [withoutColumn("index_outbox", "created_at")], use: () => api.get("/metrics") },
  "outbox settler": { faults: [undeletableRows], use: post },
  "outbox sweep": { faults: [spoiledIndex("read"), rowDue] },
  "player reads": { faults: [spoiledIndex("read")], use: () => get("/boards/read/players/a") },
  "player search": { faults: [spoiledIndex("read")], use: () => get("/boards/read/players?q=a") },
  "readiness probe": { faults: [spoiledKey(() => probeKeys(keyspace, "probe").z)], use: () => api.get("/readyz") },
  requests: { faults: [withoutColumn("boards", "name")], use: listBoards },
  "score writer": { faults: [withoutColumn("score_events", "score")], use: post },
  settings: {
    faults: [spoiledIndex("read")],
    use: () => api.call("PATCH", "/api/v1/boards/read", { name: "Another name" }, manager),
  },
  "sign-in": { faults: [withoutColumn("organizer_sessions", "token")], use: () => get("/keys", organizer) },
  streams: {
    faults: [spoiledIndex("streamed"), withoutColumn("standings", "name")],
    use: () => get("/boards/streamed/stream"),
  },
  "viewer counts": { faults: [spoiledKey(() => `rungs:${keyspace}:{viewers}`)], use: listBoards },
};

let unusedKey: { authorization: string };
const newKeyUsed = () => api.call("POST", "/api/v1/boards/posted/scores", { player: "a", score: 1 }, unusedKey);

const countOf = (component: StorageComponent) =>
  api.services.storageErrors
    .counts()
    .filter((counted) => counted.component === component)
    .reduce((sum, { count }) => sum + count, 0);

test.each(Object.entries(provocations))("%s", { timeout: 30_000 }, async (name, { faults, use }) => {
  const component = name as StorageComponent;
  unusedKey = await api.newKey(["scores:write"]);
  const before = countOf(component);
  for (const fault of faults) await fault.begin();
  try {
    const fails = async () => {
      await use?.();
      expect(countOf(component)).toBeGreaterThan(before);
    };
    await vi.waitFor(fails, { timeout: 12_000, interval: 100 });
    const line = lines.find((one) => one.component === component && typeof one.kind === "string");
    expect(line).toMatchObject({ consequence: expect.any(String) });
    const { status, reasons } = (await api.get("/readyz")).json();
    const reason = component === "readiness probe" ? "the rank index does not" : `storage errors: ${component} (`;
    expect([status, reasons]).toEqual(["degraded", expect.arrayContaining([expect.stringContaining(reason)])]);
  } finally {
    for (const fault of faults) await fault.end();
  }
});
