import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Names under which parts of the tests run: `npm test -- unit`, `npm test -- integration/start`. */
const projects = {
  unit: { testTimeout: 10_000, stores: false, maxWorkers: 2 },
  contract: { testTimeout: 60_000, stores: true, maxWorkers: 2 },
  // They wait most of the time: for sweeps, for polls.
  integration: { testTimeout: 60_000, stores: true, maxWorkers: 3 },
  e2e: { testTimeout: 90_000, stores: true, maxWorkers: 3 },
};

export default defineConfig({
  resolve: { alias: { "@/": fileURLToPath(new URL("./", import.meta.url)) } },
  test: {
    projects: Object.entries(projects).map(([name, { testTimeout, stores, maxWorkers }], order) => ({
      extends: true,
      test: {
        name,
        include: [`tests/${name}/**/*.test.{ts,tsx}`],
        globalSetup: stores ? ["tests/support/global-setup.ts"] : [],
        testTimeout,
        maxWorkers,
        hookTimeout: 120_000,
        expect: { poll: { timeout: 10_000 } },
        sequence: { groupOrder: order },
      },
    })),
  },
});
