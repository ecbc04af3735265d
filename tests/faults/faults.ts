import { copyFaults } from "./copy-faults";
import type { Fault } from "./fault";
import { linkFaults } from "./link-faults";
import { pageFaults } from "./page-faults";
import { processFaults } from "./process-faults";
import { redisClusterFaults } from "./redis-cluster-faults";
import { redisFaults } from "./redis-faults";
import { restoreFaults } from "./restore-faults";
import { viewerFaults } from "./viewer-faults";

/** Nothing fails: whatever is found there is the runner's own mistake, or worse. */
const none: Fault = { name: "none", what: "nothing", inject: async () => async () => undefined };

export const faults: readonly Fault[] = [
  none,
  ...processFaults,
  ...redisFaults,
  ...redisClusterFaults,
  ...restoreFaults,
  ...copyFaults,
  ...linkFaults,
  ...viewerFaults,
  ...pageFaults,
];
