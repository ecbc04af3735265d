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
}

export function instancesOf(database: Set<string> = new Set(), leaseMs = 6_000): LeasedInstance {
  const id = randomBytes(4).toString("hex");
  const listeners: (() => void)[] = [];
  database.add(id);
  const instance: LeasedInstance = {
    lease: { id, ms: leaseMs, onRenewed: (listener) => void listeners.push(listener) },
    async held(ids) {
      instance.looks++;
      return new Set(ids.filter((one) => database.has(one)));
    },
    renew() {
      for (const listener of listeners) listener();
    },
    lose: () => void database.delete(id),
    takeAgain: () => void database.add(id),
    looks: 0,
    another: () => instancesOf(database),
  };
  return instance;
}
