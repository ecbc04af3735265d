/**
 * What the viewers of a board cost the servers by polling and by streaming. The figures are those of `npm run bench --
 * ladder` in docs/performance.md, rounded; docs/when-to-stream.md shows what follows from them.
 */
import type { Delivery } from "./board";

/** Seconds between polls, and the most changes a second that a stream carries. */
const pollEveryS = 5;
const deltasPerSecondMax = 4;
/** Processor time in microseconds, stores included, of a server that is not at its limit. */
const cpuUs = { unchangedPoll: 350, changedPoll: 365, delta: 24 };
/** On the wire, headers included: a page of a hundred entries, compressed; a delta by which most of them move. */
const bytes = { unchangedPoll: 450, changedPoll: 1_330, delta: 2_900, heartbeat: 60 };
const heartbeatsPerSecond = 1 / 15;

export interface Crowd {
  viewers: number;
  changesPerSecond: number;
}

export interface DeliveryCost {
  /** Of one processor core. */
  coreShare: number;
  /** Per second, for all viewers. */
  bytes: number;
  /** Requests or messages per second, for all viewers. */
  messages: number;
  /** From a committed score until half of the viewers show it, in seconds. */
  delayS: number;
}

export function deliveryCost(delivery: Delivery, { viewers, changesPerSecond }: Crowd): DeliveryCost {
  return delivery === "sse" ? streamingCost(viewers, changesPerSecond) : pollingCost(viewers, changesPerSecond);
}

function pollingCost(viewers: number, changesPerSecond: number): DeliveryCost {
  const polls = viewers / pollEveryS;
  // Changes that come by chance leave some polls with several and others with none.
  const changed = 1 - Math.exp(-changesPerSecond * pollEveryS);
  const each = (one: { unchangedPoll: number; changedPoll: number }) =>
    one.changedPoll * changed + one.unchangedPoll * (1 - changed);
  return {
    coreShare: (polls * each(cpuUs)) / 1e6,
    bytes: polls * each(bytes),
    messages: polls,
    delayS: pollEveryS / 2,
  };
}

function streamingCost(viewers: number, changesPerSecond: number): DeliveryCost {
  const deltas = Math.min(changesPerSecond, deltasPerSecondMax);
  return {
    coreShare: (viewers * deltas * cpuUs.delta) / 1e6,
    bytes: viewers * (deltas * bytes.delta + heartbeatsPerSecond * bytes.heartbeat),
    messages: viewers * deltas,
    delayS: 0.2,
  };
}
