import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { createClient } from "@redis/client";
import { bundleProgram } from "./bundle";

export interface PrivateRedis {
  url: string;
  /** Runs one command and gives its reply. */
  command(...args: string[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** A Redis that no other test file sees, to be emptied, paused and cut off at will. */
export async function startPrivateRedis(): Promise<PrivateRedis> {
  const program = await bundleProgram("tests/support/redis-host.ts");
  // A process group of its own: Ctrl-C is for the test run, which then closes the input.
  const host = spawn(process.execPath, [program.path], { detached: true, stdio: ["pipe", "pipe", "inherit"] });
  const [url] = (await once(createInterface({ input: host.stdout }), "line")) as [string];
  await program.remove();
  const client = await createClient({ url })
    .on("error", () => undefined)
    .connect();
  return {
    url,
    command: (...args) => client.sendCommand(args),
    async stop() {
      client.destroy();
      host.stdin.end();
      await once(host, "exit");
    },
  };
}
