/** Starts the stores of a test run before its first project that needs them, ends them after the last. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import { processSingleton } from "@/lib/process-singleton";
import { bundleProgram } from "./bundle";
import type { TestStores } from "./store-host";

declare module "vitest" {
  interface ProvidedContext {
    stores: TestStores;
  }
}

interface Host {
  users: number;
  started: Promise<{ process: ChildProcess; stores: TestStores }> | undefined;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Every project loads its own copy of this module.
  const host = processSingleton<Host>("test-store-host", () => ({ users: 0, started: undefined }));
  host.users++;
  host.started ??= startHost();
  const { process, stores } = await host.started;
  project.provide("stores", stores);
  return async () => {
    if (--host.users > 0 || process.exitCode !== null) return;
    host.started = undefined;
    process.stdin?.end();
    await once(process, "exit");
  };
}

async function startHost(): Promise<{ process: ChildProcess; stores: TestStores }> {
  const program = await bundleProgram("tests/support/store-host.ts");
  // A process group of its own: Ctrl-C is for the test run, which then closes the input.
  const host = spawn(process.execPath, [program.path], { detached: true, stdio: ["pipe", "pipe", "inherit"] });
  for await (const line of createInterface({ input: host.stdout })) {
    await program.remove();
    return { process: host, stores: JSON.parse(line) as TestStores };
  }
  throw new Error("The stores of the tests did not start.");
}
