/** A Redis Cluster of three masters, each with a replica if asked for. */
import { poll } from "@/lib/embedded/deadline";
import { slotCount } from "@/lib/redis/key-slot";
import { type RedisServers, type RunningServer, type ServerSpec, startRedisServers } from "./redis-servers";

export interface RedisCluster extends RedisServers {
  /** Of all nodes, for REDIS_URL. */
  url: string;
  masters: RunningServer[];
}

const nodes = 3;
const agreeMs = 20_000;

/** @param more lines of every node's redis.conf */
export async function startRedisCluster({ replicas = false, more = [] as string[] } = {}): Promise<RedisCluster> {
  const config = ["port {port}", "cluster-enabled yes", "cluster-port {bus}", "cluster-node-timeout 1000", ...more];
  const specs: ServerSpec[] = Array.from({ length: replicas ? 2 * nodes : nodes }, () => ({ config }));
  const running = await startRedisServers(specs);
  const { servers } = running;
  const masters = servers.slice(0, nodes);
  const firstSlot = (i: number) => Math.floor((i * slotCount) / nodes);
  for (const [i, { command }] of masters.entries()) {
    await command("CLUSTER", "ADDSLOTSRANGE", String(firstSlot(i)), String(firstSlot(i + 1) - 1));
    await command("CLUSTER", "SET-CONFIG-EPOCH", String(i + 1));
  }
  for (const { port, bus } of servers.slice(1)) {
    await servers[0]?.command("CLUSTER", "MEET", "127.0.0.1", String(port), String(bus));
  }
  await allKnow(servers, `cluster_known_nodes:${servers.length}`);
  for (const [i, { command }] of servers.slice(nodes).entries()) {
    await command("CLUSTER", "REPLICATE", String(await masters[i]?.command("CLUSTER", "MYID")));
  }
  await allKnow(servers, "cluster_state:ok");
  return { ...running, masters, url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(",")}` };
}

async function allKnow(servers: RunningServer[], fact: string): Promise<void> {
  for (const { port, command } of servers) {
    const knows = await poll(
      async () => (String(await command("CLUSTER", "INFO")).includes(fact) ? true : undefined),
      agreeMs,
    );
    if (!knows) throw new Error(`the node on port ${port} does not get to ${fact}`);
  }
}
