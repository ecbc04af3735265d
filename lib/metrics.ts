import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { HttpMetrics } from "./http-metrics";
import { keptFor } from "./kept-for";
import type { Acknowledged } from "./live/acknowledgements";
import { createStoreMetrics, type StoreMetrics, type StoreSources } from "./store-metrics";

export interface Metrics extends StoreMetrics {
  http: HttpMetrics;
  /** Items of posts by what became of them: applied, unchanged, renamed or rejected. */
  scores: Counter<"status">;
  /** Polls of the cached endpoint by answer. Bare numbers: finding a labelled series would cost more than the answer. */
  polls: Record<200 | 304, number>;
  /** Items of inboxes by what was done with them here: stored, read (as often as they are) or acknowledged. */
  inboxItems: Counter<"status">;
  /** Seconds from when an item was stored until it was acknowledged. */
  inboxWaits: Histogram;
  /** Rank indexes built from Postgres. */
  rebuilds: Counter;
  /** Rank indexes deleted because they differed from Postgres, by what was wrong. */
  indexesDropped: Counter<"fault">;
  /** Players copied so far by the rebuilds under way. */
  rebuilding: Gauge;
  /** In Prometheus' text format. */
  render(): Promise<RenderedMetrics>;
  /** The same, rendered once a second however many ask. */
  page(): Promise<RenderedMetrics>;
}

interface RenderedMetrics {
  contentType: string;
  body: string;
}

export interface Sources extends StoreSources {
  /** Open streams. */
  streams(): number;
  /** Streams opened and refused, and heartbeats that were due, since the start. */
  streamCounts(): { opened: number; refused: number; heartbeats: number };
  /** Boards whose viewers acknowledge, the busiest first. */
  acknowledged(): Acknowledged[];
  /** By cache. */
  cacheBytes(): Record<string, number>;
}

const pageKeptMs = 1_000;
/** Series with a label for each board are for this many boards at most. */
const boardsMax = 200;

/** A page that is open acknowledges within seconds; items are kept for 30 days. */
const inboxWaitsSeconds = [1, 5, 30, 300, 3_600, 86_400, 604_800];

export function createMetrics(sources: Sources): Metrics {
  const { streams, streamCounts, acknowledged, cacheBytes } = sources;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "rungs_streams",
    help: "Open streams",
    registers,
    collect() {
      this.set(streams());
    },
  });
  const streamCounters = {
    opened: { name: "rungs_streams_opened_total", help: "Streams opened" },
    refused: { name: "rungs_streams_refused_total", help: "Streams refused: too many, or shutting down" },
    heartbeats: { name: "rungs_stream_heartbeats_total", help: "Heartbeats that were due on streams" },
  };
  for (const [key, { name, help }] of Object.entries(streamCounters)) {
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(streamCounts()[key as keyof typeof streamCounters]);
      },
    });
  }
  new Gauge({
    name: "rungs_acknowledgements",
    help: "Conditional polls in the last minute, by board",
    labelNames: ["board"],
    registers,
    collect() {
      this.reset();
      for (const { boardId, count } of acknowledged().slice(0, boardsMax)) this.set({ board: boardId }, count);
    },
  });
  new Gauge({
    name: "rungs_acknowledged_behind_seconds",
    help: "How long what a viewer acknowledged had been out of date, the worst of the last minute, by board",
    labelNames: ["board"],
    registers,
    collect() {
      this.reset();
      for (const { boardId, behindMs } of acknowledged().slice(0, boardsMax)) {
        this.set({ board: boardId }, behindMs / 1_000);
      }
    },
  });
  new Gauge({
    name: "rungs_cache_bytes",
    help: "Memory that caches take, by cache",
    labelNames: ["cache"],
    registers,
    collect() {
      for (const [cache, bytes] of Object.entries(cacheBytes())) this.set({ cache }, bytes);
    },
  });
  const render = async () => ({ contentType: registry.contentType, body: await registry.metrics() });
  const polls = { 200: 0, 304: 0 };
  new Counter({
    name: "rungs_polls_total",
    help: "Polls answered",
    labelNames: ["status"],
    registers,
    collect() {
      this.reset();
      for (const [status, count] of Object.entries(polls)) this.inc({ status }, count);
    },
  });
  return {
    ...createStoreMetrics(registers, sources),
    http: new HttpMetrics(registers),
    rebuilds: new Counter({ name: "rungs_index_rebuilds_total", help: "Rank indexes built from Postgres", registers }),
    indexesDropped: new Counter({
      name: "rungs_index_dropped_total",
      help: "Rank indexes deleted because they differed from Postgres",
      labelNames: ["fault"],
      registers,
    }),
    rebuilding: new Gauge({
      name: "rungs_index_rebuilding_players",
      help: "Players copied so far by rebuilds under way",
      registers,
    }),
    scores: new Counter({ name: "rungs_scores_total", help: "Items of posts", labelNames: ["status"], registers }),
    polls,
    inboxItems: new Counter({
      name: "rungs_inbox_items_total",
      help: "Inbox items stored, read and acknowledged",
      labelNames: ["status"],
      registers,
    }),
    inboxWaits: new Histogram({
      name: "rungs_inbox_acknowledged_after_seconds",
      help: "How long inbox items had been stored when they were acknowledged",
      buckets: inboxWaitsSeconds,
      registers,
    }),
    render,
    page: keptFor(pageKeptMs, render),
  };
}
