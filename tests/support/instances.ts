import { randomBytes } from "node:crypto";
import type { Instances } from "@/lib/redis/instance-registry";

/** An instance of a database that a test does without: its lease is renewed when the test says so. */
export interface LeasedInstance extends Instances {
  renew(): void;
  /** Its row, which a failover may lose. */
  lose(): void;
  takeAgain(): void;
  /** How often leases were asked for. */
  looks: number;
  /** Another instance of the same database. */
  another(): LeasedInstance;
  /** Another instance, on a copy of the database as it is now. */
  onCopy(): LeasedInstance;
}

/** @param database when each lease ends, by id */
export function instancesOf(database = new Map<string, number>(), leaseMs = 6_000): LeasedInstance {
  const id = randomBytes(4).toString("hex");
  const listeners: (() => void)[] = [];
  let endsAt = 0;
  const take = () => void database.set(id, ++endsAt);
  take();
  const instance: LeasedInstance = {
    lease: { id, ms: leaseMs, endsAt: () => endsAt, onRenewed: (listener) => void listeners.push(listener) },
    async held(endings) {
      instance.looks++;
      const isHeld = ([id, least]: [string, number]) => (database.get(id) ?? -1) >= least;
      return new Set([...endings].filter(isHeld).map(([id]) => id));
    },
    renew() {
      if (database.has(id)) take();
      for (const listener of listeners) listener();
    },
    lose: () => void database.delete(id),
    takeAgain: take,
    looks: 0,
    another: () => instancesOf(database),
    onCopy: () => instancesOf(new Map(database)),
  };
  return instance;
}
