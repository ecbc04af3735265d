/** A board whose index is taken away in Redis, as a crash would, and built anew by the running server. */
import { createClient } from "@redis/client";
import { boardKeys, changesChannel, parseChangeMessage } from "@/lib/rank-index/redis-scripts";
import { freed } from "./freed";
import type { ServerStores } from "./server-stores";

interface LostIndexOptions extends Pick<ServerStores, "redisUrl"> {
  /** Of the server. */
  url: string;
  board: { uid: number; id: string };
  installationId: string;
}

export class LostIndex {
  readonly #redis: ReturnType<typeof newClient>;
  readonly #feed: ReturnType<typeof newClient>;
  readonly #keys: string[];
  readonly #playerUrl: string;
  readonly #uid: number;
  #onBuilt = () => {};

  private constructor({ url, redisUrl, board, installationId }: LostIndexOptions) {
    this.#redis = newClient(redisUrl);
    this.#feed = newClient(redisUrl);
    const { z, h, m, g } = boardKeys(installationId, board.uid);
    this.#keys = [z, h, m, g];
    this.#playerUrl = `${url}/api/v1/boards/${board.id}/players/player-1`;
    this.#uid = board.uid;
  }

  static async of(options: LostIndexOptions): Promise<LostIndex> {
    const lost = new LostIndex(options);
    await Promise.all([lost.#redis.connect(), lost.#feed.connect()]);
    await lost.#feed.subscribe(changesChannel(options.installationId), (message) => {
      const change = parseChangeMessage(message);
      // Whatever is built anew begins at version 1.
      if (change?.uid === lost.#uid && change.position?.version === 1) lost.#onBuilt();
    });
    return lost;
  }

  /**
   * Takes the index away, has the server notice by one request, and waits until it announces the new one: seconds.
   * @param asCrashed begins when Redis has freed the old one, of which a crash leaves nothing; only while nobody polls
   */
  async rebuilt({ asCrashed }: { asCrashed: boolean }): Promise<number> {
    await this.#redis.unlink(this.#keys);
    if (asCrashed) await freed(this.#redis);
    const built = new Promise<void>((resolve) => {
      this.#onBuilt = resolve;
    });
    const startedAt = performance.now();
    const asked = fetch(this.#playerUrl).then((response) => response.arrayBuffer());
    await built;
    const seconds = (performance.now() - startedAt) / 1000;
    await asked;
    return seconds;
  }

  close(): void {
    this.#redis.destroy();
    this.#feed.destroy();
  }
}

function newClient(url: string) {
  return createClient({ url });
}
