/** Redis servers with any configuration: TLS, users, a Cluster, Sentinels. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { createClient, type RedisClientOptions } from "@redis/client";
import { poll } from "@/lib/embedded/deadline";
import { bundleProgram } from "./bundle";

export interface ServerSpec {
  /** Lines of redis.conf, in which `{port}` is the server's own port, `{bus}` that of its cluster bus, `{port:0}` the first server's. */
  config: string[];
  sentinel?: boolean;
  /** How the test itself connects, where that takes more than the port. */
  client?: RedisClientOptions;
}

export interface HostAnswer {
  ports: number[];
  buses: number[];
}

export interface HostOrder {
  server: number;
  order: "start" | "SIGKILL" | "SIGSTOP" | "SIGCONT";
}

export interface RunningServer {
  port: number;
  /** The port of its cluster bus. */
  bus: number;
  command(...args: string[]): Promise<unknown>;
  signal(order: HostOrder["order"]): void;
  /** Resolves once it answers. */
  ready(): Promise<void>;
}

export interface RedisServers {
  servers: RunningServer[];
  stop(): Promise<void>;
}

const readyMs = 20_000;

export async function startRedisServers(specs: ServerSpec[]): Promise<RedisServers> {
  const program = await bundleProgram("tests/support/redis-servers-host.ts");
  // A process group of its own: Ctrl-C is for the test run, which then closes the input.
  const args = [program.path, JSON.stringify(specs.map(({ config, sentinel }) => ({ config, sentinel })))];
  const host = spawn(process.execPath, args, { detached: true, stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: host.stdout }), "line")) as [string];
  await program.remove();
  const { ports, buses } = JSON.parse(line) as HostAnswer;
  const servers = ports.map((port, server): RunningServer => {
    const command = (...words: string[]) => inSession(port, specs[server]?.client ?? {}, words);
    return {
      port,
      bus: buses[server] ?? 0,
      command,
      signal: (order) => host.stdin.write(`${JSON.stringify({ server, order })}\n`),
      async ready() {
        const answered = await poll(() => command("PING").catch(() => undefined), readyMs);
        if (answered === undefined) throw new Error(`the Redis on port ${port} does not start`);
      },
    };
  });
  await Promise.all(servers.map((server) => server.ready()));
  return {
    servers,
    async stop() {
      host.stdin.end();
      await once(host, "exit");
    },
  };
}

async function inSession(port: number, options: RedisClientOptions, words: string[]): Promise<unknown> {
  const socket = { ...options.socket, host: "127.0.0.1", port, reconnectStrategy: false } as const;
  const client = createClient({ RESP: 2, ...options, socket } as RedisClientOptions).on("error", () => undefined);
  try {
    await client.connect();
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}
