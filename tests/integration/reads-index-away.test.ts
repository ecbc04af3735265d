import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Order, rankStyles } from "@/lib/domain/board";
import type { PlayerStanding, Snapshot } from "@/lib/domain/snapshot";
import { type ApiServer, startApi } from "@/tests/support/api-server";
import { createTestDatabase } from "@/tests/support/postgres";
import { redisUrl } from "@/tests/support/redis";
import { startTcpProxy, type TcpProxy } from "@/tests/support/tcp-proxy";

let redis: TcpProxy;
let postgres: TcpProxy;
let api: ApiServer;

beforeAll(async () => {
  const databaseUrl = await createTestDatabase();
  redis = await startTcpProxy(redisUrl());
  postgres = await startTcpProxy(databaseUrl);
  api = await startApi({
    databaseUrl: postgres.through(databaseUrl),
    redisUrl: redis.through(redisUrl()),
    background: false,
  });
});

afterAll(async () => {
  await api.close();
  await redis.close();
  await postgres.close();
});

const at = (board: string, rest = "") => `/api/v1/boards/${board}${rest}`;
const backAgain = { timeout: 10_000, interval: 50 };

async function whileRedisIsAway(work: () => Promise<void>): Promise<void> {
  await redis.refuse();
  try {
    await work();
  } finally {
    await redis.pass();
    await vi.waitFor(() => api.services.index.probe(), backAgain);
  }
}

async function read<T>(path: string): Promise<T> {
  const reply = await api.get(path);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.json();
}

const directions: Order[][] = [["desc"], ["asc", "desc"], ["desc", "asc", "desc", "asc", "desc"]];

for (const rankStyle of rankStyles) {
  test(`with ${rankStyle} ranks Postgres answers for the index with the very same standings`, async () => {
    for (const [order = "desc", ...rest] of directions) {
      const tiebreaks = rest.map((direction, i) => ({ name: `t${i}`, order: direction }));
      const board = await api.newBoard({ rankStyle, order, tiebreaks, operator: "set", decimals: 1 });
      const scores = Array.from({ length: 24 }, (_, i) => ({
        player: `${"zyx"[i % 3]}${(i * 17) % 12}`,
        score: (i * 7) % 4,
        tiebreaks: rest.map((_, column) => (i % 5 === column ? null : (i >> column) % 2)),
      }));
      await api.score(board, { scores });
      const players = (await read<Snapshot>(at(board))).entries.map(({ player }) => player);
      const paths = [
        ...["", "?limit=3", "?limit=5&offset=1", "?limit=5&offset=7", "?limit=5&offset=10", "?offset=99"],
        ...players.map((player, i) => `/players/${player}?around=${i % 3}`),
      ];
      const answers = () => Promise.all(paths.map((path) => read<Snapshot | PlayerStanding>(at(board, path))));
      const fromIndex = await answers();
      let stored: typeof fromIndex = [];
      await whileRedisIsAway(async () => {
        await vi.waitFor(async () => expect(await read(at(board))).toMatchObject({ epoch: "pg" }), backAgain);
        stored = await answers();
      });
      const standing = ({ epoch: _epoch, version: _version, ...rest }: Snapshot | PlayerStanding) =>
        Object.fromEntries(Object.entries(rest).filter(([name]) => name !== "asOf" && name !== "stale"));
      expect(stored.map(standing)).toEqual(fromIndex.map(standing));
      expect(new Set(stored.map(({ epoch, stale }) => `${epoch} ${stale}`))).toEqual(new Set(["pg true"]));
      expect(fromIndex.filter(({ stale }) => stale)).toEqual([]);
    }
  });
}

test("an answer from Postgres has an ETag of its own, which holds until something changes", async () => {
  const board = await api.newBoard();
  await api.score(board, { player: "a", score: 1 });
  const fresh = await api.get(at(board));
  await whileRedisIsAway(async () => {
    const stale = await vi.waitFor(async () => {
      const reply = await api.get(at(board));
      expect(reply.json().stale).toBe(true);
      return reply;
    }, backAgain);
    const etag = stale.headers.etag ?? "";
    expect(etag).not.toBe(fresh.headers.etag);
    expect((await api.get(at(board), { "if-none-match": etag })).status).toBe(304);
    await api.score(board, { player: "a", score: 2 });
    await vi.waitFor(async () => {
      const reply = await api.get(at(board), { "if-none-match": etag });
      expect([reply.status, reply.json().entries[0].score]).toEqual([200, 2]);
    }, backAgain);
  });
});

test("whoever is on no board is a 404 from Postgres too", async () => {
  const board = await api.newBoard();
  await whileRedisIsAway(async () => {
    const nobody = await api.get(at(board, "/players/nobody"));
    expect([nobody.status, nobody.json().code]).toEqual([404, "player-not-found"]);
    expect((await api.get(at("no-such-board"))).status).toBe(404);
    expect((await read<Snapshot>(at(board))).entries).toEqual([]);
  });
});

test("with Postgres away as well, a page that was read before is served as stale; the rest is a 503 to try again", async () => {
  const [known, unknown] = [await api.newBoard(), await api.newBoard()];
  await api.score(known, { player: "a", score: 1 });
  const before = await read<Snapshot>(at(known));
  await postgres.refuse();
  try {
    await whileRedisIsAway(async () => {
      await vi.waitFor(async () => expect(await read(at(known))).toEqual({ ...before, stale: true }), backAgain);
      const refused = [
        await api.get(at(unknown)),
        await api.get(at(known, "/players/a")),
        await api.get("/api/v1/boards"),
        await api.score(known, { player: "a", score: 2 }),
      ];
      for (const reply of refused) {
        expect([reply.status, reply.json().code]).toEqual([503, "unavailable"]);
        expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
      }
    });
  } finally {
    await postgres.pass();
  }
  await vi.waitFor(async () => expect(await read(at(unknown))).toMatchObject({ total: 0 }), backAgain);
  expect((await api.score(known, { player: "a", score: 2 })).status).toBe(200);
});
