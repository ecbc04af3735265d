/** A leaderboard as a first draft has it: every request reads the top 100 from Redis and encodes it. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import pino from "pino";
import { startRedis } from "@/lib/embedded/redis";
import { listening } from "@/tests/bench/listening";

const dataDir = mkdtempSync(join(tmpdir(), "rungs-naive-"));
chmodSync(dataDir, 0o711);
process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
const redis = await startRedis({ dataDir, logger: pino({ level: "error" }, pino.destination(2)) });
if (!redis) throw new Error("redis-server is not installed");
const client = await createClient({ url: redis.url }).connect();
await client.zAdd(
  "board",
  Array.from({ length: 100 }, (_, i) => ({ value: `player-${i}`, score: 1000 + i })),
);

const server = createServer(async (_request, response) => {
  const members = await client.zRangeWithScores("board", 0, 99, { REV: true });
  const entries = members.map(({ value: player, score }, i) => {
    return { rank: i + 1, position: i + 1, player, name: player, score, tiebreaks: [] };
  });
  const body = JSON.stringify({ board: { id: "board" }, entries });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
});
listening(server, () => {
  client.destroy();
  void redis.stop().then(() => process.exit(0));
});
