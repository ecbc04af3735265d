/**
 * How much memory caches and queues may take, and how it is counted. Each bound is a share of V8's heap limit up to a
 * fixed maximum, so that a process with a small heap lives with small caches. Buffers lie outside that heap; they are
 * counted like everything else, since a machine with a small heap has little memory of any kind.
 */
import { getHeapStatistics } from "node:v8";

const MiB = 1024 ** 2;

interface Bound {
  share: number;
  bytesMax: number;
}

const bounds = {
  views: { share: 0.1, bytesMax: 128 * MiB },
  keptBodies: { share: 0.05, bytesMax: 64 * MiB },
  boardLists: { share: 0.02, bytesMax: 8 * MiB },
  liveBoards: { share: 0.03, bytesMax: 64 * MiB },
  tapes: { share: 0.12, bytesMax: 320 * MiB },
  streams: { share: 0.08, bytesMax: 256 * MiB },
  queuedScores: { share: 0.06, bytesMax: 64 * MiB },
  trustedBodies: { share: 0.05, bytesMax: 128 * MiB },
  untrustedBodies: { share: 0.01, bytesMax: 8 * MiB },
  apiKeys: { share: 0.005, bytesMax: 8 * MiB },
  clientAddresses: { share: 0.01, bytesMax: 8 * MiB },
  readBudgets: { share: 0.005, bytesMax: 4 * MiB },
  signInRefusals: { share: 0.0025, bytesMax: 2 * MiB },
  acknowledgements: { share: 0.01, bytesMax: 8 * MiB },
  activity: { share: 0.005, bytesMax: 4 * MiB },
  verifications: { share: 0.005, bytesMax: 4 * MiB },
  boardNotes: { share: 0.015, bytesMax: 12 * MiB },
  unreadReplies: { share: 0.1, bytesMax: 256 * MiB },
} satisfies Record<string, Bound>;

export function bytesMaxOf(name: keyof typeof bounds, heapBytes: number = getHeapStatistics().heap_size_limit): number {
  const { share, bytesMax } = bounds[name];
  return Math.min(bytesMax, Math.floor(share * heapBytes));
}

/** What an open connection takes of the heap: socket, parser, request and response. */
const bytesPerConnection = 16 * 1024;
const connectionsShare = 0.25;

/** How many connections leave room for everything else. */
export function connectionsMax(heapBytes: number = getHeapStatistics().heap_size_limit): number {
  return Math.floor((connectionsShare * heapBytes) / bytesPerConnection);
}

const headerBytes = 24;
const wordBytes = 8;
/** Object header, properties' dictionary and elements. */
const objectBytes = 56;
const bufferBytes = 200;

/**
 * What a value takes, at most: of plain objects, arrays, strings, numbers, dates and buffers. What is shared with
 * other values counts for each of them.
 */
export function bytesOf(value: unknown): number {
  if (typeof value === "string") return headerBytes + 2 * value.length;
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 0 : 2 * wordBytes;
  if (typeof value !== "object" || value === null) return 0;
  if (ArrayBuffer.isView(value)) return bufferBytes + value.byteLength;
  const members = Object.values(value);
  let bytes = objectBytes + wordBytes * members.length;
  for (const member of members) bytes += bytesOf(member);
  return bytes;
}
