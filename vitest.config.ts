import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Names under which parts of the tests run: `npm test -- unit`, `npm test -- integration/start`. */
const projects = {
  unit: { testTimeout: 10_000, stores: false },
  contract: { testTimeout: 60_000, stores: true },
  integration: { testTimeout: 60_000, stores: true },
  e2e: { testTimeout: 90_000, stores: true },
};

export default defineConfig({
  resolve: { alias: { "@/": fileURLToPath(new URL("./", import.meta.url)) } },
  test: {
    maxWorkers: 2,
    projects: Object.entries(projects).map(([name, { testTimeout, stores }], order) => ({
      extends: true,
      test: {
        name,
        include: [`tests/${name}/**/*.test.{ts,tsx}`],
        globalSetup: stores ? ["tests/support/global-setup.ts"] : [],
        testTimeout,
        hookTimeout: 120_000,
        expect: { poll: { timeout: 10_000 } },
        sequence: { groupOrder: order },
      },
    })),
  },
});
