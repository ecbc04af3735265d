/** One run: a cluster under load, one fault, its healing, and the wait until everybody shows the truth. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Snapshot } from "@/lib/domain/snapshot";
import { seededRandom } from "@/tests/support/seeded-random";
import { startTcpProxy } from "@/tests/support/tcp-proxy";
import { itemMaker, type RunBoard, runBoards } from "./boards";
import type { Programs } from "./build-programs";
import { check } from "./check";
import { type Cluster, startCluster } from "./cluster";
import type { Fault } from "./fault";
import { type History, startHistory } from "./history";
import { type InboxReader, startInboxReaders } from "./inbox-reader";
import { startLogWatch } from "./log-watch";
import { openPages, type Pages } from "./pages";
import { startPassersBy } from "./passers-by";
import { type RunningViewer, startPollingViewer } from "./polling-viewer";
import { settleInboxes } from "./settle-inboxes";
import type { Stores } from "./stores";
import { startStreamingViewer } from "./streaming-viewer";
import { readStored, readTruth, rowsOfStatus, type Truth } from "./truth";
import { limits, type Violation } from "./violation";
import { type Ways, waysOf } from "./ways";
import { startWriters, type Writers } from "./writers";

export interface RunOptions {
  fault: Fault;
  seed: number;
  stores: Stores;
  programs: Programs;
  /** How long the fault lasts, in seconds. */
  seconds: number;
  gapCheck: boolean;
  /** Where history and logs are put; both are kept when something is violated. */
  folder: string;
  /** Even without violations. */
  keep: boolean;
}

export interface RunResult {
  violations: Violation[];
  ways: Ways;
  ms: number;
  posts: number;
  /** Kept only with violations. */
  historyPath: string;
}

const warmMs = 1_500;
const afterMs = 800;
const lookMs = 250;
const streamsPerBoard = 3;
const pollsPerBoard = 2;
const probes = 3;
const probeGapMs = 1_300;

export async function run(options: RunOptions): Promise<RunResult> {
  const { fault, seed, stores, seconds, folder } = options;
  const startedAt = performance.now();
  const random = seededRandom(seed);
  await mkdir(folder, { recursive: true });
  const history = startHistory(join(folder, "history.jsonl"));
  const ways = waysOf(seed);
  history.add({ type: "ways", ...ways });
  const cluster = await startCluster({
    stores,
    ways,
    program: options.programs.instance,
    onRedisCluster: fault.onRedisCluster ?? false,
    logFolder: folder,
    onCrash: (instance, how) => history.add({ type: "crash", instance, how }),
  });
  const boards: RunBoard[] = [];
  const open = async (board: RunBoard) => {
    await cluster.create(board);
    if (boards.some(({ id }) => id === board.id)) return;
    const { id, delivery: _, ...rules } = board;
    history.add({ type: "board", board: id, ...rules });
    boards.push(board);
  };
  for (const board of runBoards) await open(board);
  const log = startLogWatch(cluster.databaseUrl, history, boards);
  const streams = runBoards
    .filter(({ delivery }) => delivery === "sse")
    .flatMap(({ id }) => named(streamsPerBoard, `stream ${id}`, id))
    .map((viewer) => startStreamingViewer({ ...viewer, cluster, history, gapCheck: options.gapCheck }));
  const polls = runBoards
    .flatMap(({ id }) => named(pollsPerBoard, `poll ${id}`, id))
    .map((viewer) => startPollingViewer({ ...viewer, cluster, history }));
  const viewers: RunningViewer[] = [...streams, ...polls];
  const newItem = itemMaker();
  const writers = startWriters({ cluster, history, random: random.fork(), newItem });
  const passersBy = startPassersBy(cluster, history, boards, random.fork());
  const inboxReaders: InboxReader[] = [];
  const link = await startTcpProxy(cluster.balancer.port);
  let pages: Pages | undefined;
  try {
    if (fault.pages) pages = await openPages(options.programs.pages, `http://127.0.0.1:${link.port}`, history);
    viewers.push(...(pages?.viewers ?? []));
    inboxReaders.push(...(await startInboxReaders(cluster, history, writers)));
    await wait(warmMs);
    const injectedAt = history.now();
    const heal = await fault.inject({
      stores,
      cluster,
      history,
      log,
      random: random.fork(),
      streams,
      link,
      join: (viewer) => viewers.push(viewer),
      post: (board, scores) =>
        writers.post(
          board,
          Array.from({ length: scores }, () => newItem(board, random)),
        ),
      open,
      newItem: (board) => newItem(board, random),
      felt: (count) => history.add({ type: "felt", count }),
      note: (what) => history.add({ type: "fault", fault: fault.name, what }),
    });
    history.add({ type: "fault", fault: fault.name, what: "injected" });
    await wait(fault.holdMs ?? seconds * 1_000);
    if (fault.quiet) await writers.stop();
    await heal();
    history.add({ type: "healed" });
    if (!fault.quiet) await wait(afterMs);
    await writers.stop();
    await converge(cluster, history, viewers, boards);
    if (fault.probeAfterMs !== undefined) {
      await wait(Math.max(0, injectedAt + fault.probeAfterMs - history.now()));
      await probe(cluster, history, writers);
    }
    // They have shown the truth; what comes now is another.
    for (const viewer of viewers) viewer.close();
    await settleInboxes(cluster, history, writers);
    await log.look();
    for (const stored of await readStored(cluster.databaseUrl, boards)) history.add(stored);
  } finally {
    await writers.stop();
    for (const one of [...viewers, ...inboxReaders]) one.close();
    await passersBy.close();
    await log.close();
    await pages?.close();
    await link.close();
    await cluster.close();
  }
  const violations = check(history.events);
  const keep = options.keep || violations.length > 0;
  await history.close(keep);
  if (!keep) await rm(folder, { recursive: true, force: true });
  const posts = history.events.filter(({ type }) => type === "post").length;
  return { violations, ways, ms: performance.now() - startedAt, posts, historyPath: history.path };
}

/** Until everybody shows what Postgres holds, or it is too late for that. */
async function converge(
  cluster: Cluster,
  history: History,
  viewers: readonly RunningViewer[],
  boards: readonly RunBoard[],
): Promise<void> {
  const served = new Map<string, string>();
  let truths: Truth[] = [];
  let end = Number.POSITIVE_INFINITY;
  while (history.now() < end) {
    const now = await readTruth(cluster.databaseUrl, boards).catch(() => truths);
    for (const truth of now) {
      if (truths.some(({ board, rows }) => board === truth.board && rows === truth.rows)) continue;
      history.add({ type: "truth", ...truth });
      end = history.now() + limits.stream + lookMs;
    }
    truths = now;
    await Promise.all(
      cluster.members.flatMap((_, i) => truths.map(({ board }) => lookAtIndex(cluster, history, served, i, board))),
    );
    const indexed = truths.every(({ board, rows }) =>
      cluster.members.every((_, i) => served.get(`${i} ${board}`) === rows),
    );
    const shown = viewers.filter((viewer) => {
      const rows = viewer.rows();
      return truths.some(({ board, window }) => board === viewer.board && window === rows);
    });
    if (truths.length > 0 && indexed && shown.length === viewers.length) return;
    await wait(lookMs);
  }
}

async function lookAtIndex(
  { members }: Cluster,
  history: History,
  served: Map<string, string>,
  instance: number,
  board: string,
): Promise<void> {
  const askedAt = history.now();
  const reply = await members[instance]?.http
    .send({ path: `/api/v1/boards/${board}?limit=1000` })
    .catch(() => undefined);
  const page = reply?.status === 200 ? (reply.json() as Snapshot) : undefined;
  const rows = page
    ? history.served({ by: `instance ${instance}`, kind: "visit", board, askedAt }, page)
    : rowsOfStatus(reply?.status ?? 0);
  const key = `${instance} ${board}`;
  if (served.get(key) === rows) return;
  served.set(key, rows);
  history.add({ type: "index", board, instance, rows });
}

/** Some changes well after the fault, one at a time. */
async function probe(cluster: Cluster, history: History, writers: Writers): Promise<void> {
  const streamed = runBoards.filter(({ delivery }) => delivery === "sse");
  for (let i = 0; i < probes; i++) {
    for (const board of streamed) {
      const since = history.now();
      const key = await writers.post(board);
      const truth = (await readTruth(cluster.databaseUrl)).find((one) => one.board === board.id);
      if (truth) history.add({ type: "probe", board: board.id, key, since, window: truth.window });
    }
    await wait(probeGapMs);
  }
  await wait(limits.fresh);
}

function named(count: number, prefix: string, board: string): { name: string; board: string }[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${prefix} ${i + 1}`, board }));
}
