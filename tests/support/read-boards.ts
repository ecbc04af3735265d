/** A server's boards for public reads: a large one at rest, and a small one that is streamed and changes. */
import { setTimeout } from "node:timers/promises";
import { pino } from "pino";
import { openDatabase } from "@/db/client";
import { createApiKeys } from "@/lib/auth/api-keys";
import { StorageErrors } from "@/lib/storage-errors";
import { fillBySql } from "./large-board";
import type { ReadBoards } from "./public-reads";

export interface MadeBoards {
  boards: ReadBoards;
  /** Posts to the small board again and again until told to stop. */
  keepPosting(isOver: () => boolean): Promise<void>;
}

const smallPlayers = 200;
const postEveryMs = 300;

export async function makeReadBoards(url: string, databaseUrl: string, largePlayers: number): Promise<MadeBoards> {
  const authorization = `Bearer ${await createKey(databaseUrl)}`;
  const post = async (path: string, body: object, alsoRight: readonly number[] = []) => {
    const headers = { authorization, "content-type": "application/json" };
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (response.ok || alsoRight.includes(response.status)) return;
    throw new Error(`POST ${path} answered ${response.status}: ${text}`);
  };
  await post("/api/v1/boards", { id: "large", name: "Large", operator: "set" });
  await post("/api/v1/boards", { id: "small", name: "Small", operator: "set", delivery: "sse", embedHosts: ["*"] });
  await fillBySql(databaseUrl, "large", largePlayers);
  const scores = Array.from({ length: smallPlayers }, (_, i) => ({ player: `player-${i + 1}`, score: i }));
  await post("/api/v1/boards/small/scores", { scores });
  return {
    boards: { large: { id: "large", players: largePlayers }, small: { id: "small", players: smallPlayers } },
    async keepPosting(isOver) {
      for (let score = 1_000; !isOver(); score++) {
        const item = { player: `player-${1 + (score % smallPlayers)}`, score };
        // Under load the server may ask for patience.
        await post("/api/v1/boards/small/scores", item, [503]);
        await setTimeout(postEveryMs);
      }
    },
  };
}

async function createKey(databaseUrl: string): Promise<string> {
  const database = openDatabase(databaseUrl);
  const logger = pino({ level: "silent" });
  const apiKeys = createApiKeys({ database, logger, storageErrors: new StorageErrors(logger) });
  const { key } = await apiKeys.create({ name: "reads", scopes: ["scores:write", "boards:manage"], boards: null });
  await apiKeys.close();
  await database.close();
  return key;
}
