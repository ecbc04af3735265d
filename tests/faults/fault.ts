import type { Random } from "@/tests/support/seeded-random";
import type { TcpProxy } from "@/tests/support/tcp-proxy";
import type { RunBoard } from "./boards";
import type { Cluster, Member } from "./cluster";
import type { History, PostedItem } from "./history";
import type { LogWatch } from "./log-watch";
import type { RunningViewer } from "./polling-viewer";
import type { Stores } from "./stores";
import type { StreamingViewer } from "./streaming-viewer";

/** What a fault can lay its hands on. */
export interface World {
  stores: Stores;
  cluster: Cluster;
  history: History;
  log: LogWatch;
  random: Random;
  streams: StreamingViewer[];
  /** Between pages and the balancer. */
  link: TcpProxy;
  /** Further viewers, to converge like all others. */
  join(viewer: RunningViewer): void;
  /** One post of so many scores by a further writer. */
  post(board: RunBoard, scores: number): Promise<string>;
  /** Makes a board besides those of the run, or one anew that is gone; from then on visitors open it. */
  open(board: RunBoard): Promise<void>;
  /** A score that nobody else posts. */
  newItem(board: RunBoard): PostedItem;
  /** How often it struck, for faults that have to meet something. */
  felt(count: number): void;
  /** For the history: which of the possible ways was taken. */
  note(what: string): void;
}

export interface Fault {
  name: string;
  /** For the table in docs/reliability.md. */
  what: string;
  /** Makes something fail; gives how to heal it. */
  inject(world: World): Promise<() => Promise<void>>;
  /** How long it lasts, when that is not left to the command line. */
  holdMs?: number;
  /** Pages are open, in a process of their own. */
  pages?: boolean;
  /** Writers are done before it is healed, so that no later change makes good what was lost. */
  quiet?: boolean;
  /** So long after the injection, further changes have to be on every stream at once. */
  probeAfterMs?: number;
  /** Instances use a Redis Cluster, whatever the seed's way to Redis. */
  onRedisCluster?: boolean;
  /** Why it cannot be had on this machine. */
  unavailable?(stores: Stores): string | undefined;
}

/** One instance or all of them, as the seed has it. */
export function someMembers({ cluster, random, note }: World): Member[] {
  const i = random.whole(0, cluster.members.length);
  note(i === cluster.members.length ? "all instances" : `instance ${i}`);
  return i === cluster.members.length ? cluster.members : cluster.members.slice(i, i + 1);
}

export function oneMember({ cluster, random, note }: World): Member {
  const i = random.whole(0, cluster.members.length - 1);
  note(`instance ${i}`);
  return cluster.members[i] as Member;
}
