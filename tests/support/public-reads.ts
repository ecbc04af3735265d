/** Requests for every public route, in any encoding and window, drawn from a seed. Anybody could send them. */
import type { Random } from "./seeded-random";

export interface PublicRead {
  path: string;
  headers: Record<string, string>;
  /** What the client does with the reply: reads it, goes away once it has begun, or leaves it unread for a while. */
  manner: "read" | "leave" | "stall";
}

export interface ReadBoards {
  /** Has `player-1` to `player-<players>`. */
  large: { id: string; players: number };
  small: { id: string; players: number };
}

type Draw = (random: Random, boards: ReadBoards) => string;

const encodings = ["br", "gzip", "identity", "gzip, deflate, br, zstd", ""];
const limits = [1_000, 1_000, 1_000, 999, 500, 100, 100, 10, 1];
const pages = ["", "/stage", "/embed", "/overlay", "/race"];

const boardOf = (random: Random, boards: ReadBoards) => (random.chance(0.8) ? boards.large : boards.small);
const word = (random: Random) => random.whole(0, 36 ** 4).toString(36);

const apiBoard: Draw = (random, boards) => `/api/v1/boards/${boardOf(random, boards).id}`;
const player: Draw = (random, boards) => {
  const board = boardOf(random, boards);
  const id = random.chance(0.95) ? `player-${random.whole(1, board.players)}` : word(random);
  return `/api/v1/boards/${board.id}/players/${id}`;
};
const boardPage: Draw = (random, boards) => `/boards/${boardOf(random, boards).id}`;

/** With how often each is drawn. */
const draws: readonly (readonly [number, Draw])[] = [
  [12, (r, b) => `${apiBoard(r, b)}?limit=${r.pick(limits)}&offset=${r.whole(0, b.large.players)}`],
  [2, (r, b) => apiBoard(r, b)],
  [2, (r, b) => `${player(r, b)}?around=${r.whole(0, 50)}`],
  [1, (r, b) => `${player(r, b)}/history`],
  [1, (r, b) => `${player(r, b)}/events?limit=${r.whole(1, 200)}&before=${r.whole(1, b.large.players)}`],
  [2, (r, b) => `${apiBoard(r, b)}/players?q=${r.pick(["player", "Pl", word(r)])}&limit=${r.whole(1, 50)}`],
  [2, (r, b) => `${apiBoard(r, b)}/at?seq=${r.whole(0, b.large.players)}&limit=${r.pick(limits)}`],
  [1, (r, b) => `${apiBoard(r, b)}/at?time=${new Date(r.whole(0, 2 ** 32) * 1_000).toISOString()}`],
  [1, (r, b) => `${apiBoard(r, b)}/race?top=${r.whole(1, 20)}`],
  [1, (r, b) => `${apiBoard(r, b)}/timeline`],
  [1, (r, b) => `${apiBoard(r, b)}/stream?player=player-${r.whole(1, b.small.players)}`],
  [2, (r) => `/api/v1/boards?sort=${r.pick(["name", "changed"])}&q=${r.chance(0.5) ? word(r) : ""}`],
  [1, (r, b) => `/api/v1/oembed?url=${encodeURIComponent(`http://localhost:3000${boardPage(r, b)}`)}`],
  [1, (r) => `/api/v1/boards/${word(r)}?limit=${r.pick(limits)}`],
  [1, (r) => `/api/v1/${word(r)}`],
  [1, (r) => r.pick(["/api/v1/openapi.json", "/healthz", "/readyz", "/metrics", "/icon.svg"])],
  [1, (r) => r.pick(["/", "/sign-in", `/?q=${word(r)}`, `/${word(r)}`, `/_next/static/${word(r)}.js`])],
  [2, (r, b) => `${boardPage(r, b)}${r.pick(pages)}?at=${r.whole(1, b.large.players)}`],
  [1, (r, b) => `${boardPage(r, b)}/players/player-${r.whole(1, b.small.players)}`],
];
const sum = draws.reduce((total, [weight]) => total + weight, 0);

/** Gives the next few: what was drawn, in several encodings, since each of them is kept. */
export function drawReads(random: Random, boards: ReadBoards): PublicRead[] {
  const path = drawPath(random, boards);
  const manner = random.chance(0.02) ? "leave" : random.chance(0.01) ? "stall" : "read";
  const wanted = path.startsWith("/api/") ? encodings.filter(() => random.chance(0.6)) : [random.pick(encodings)];
  // Some of very many addresses; the server trusts its neighbour on this machine to have seen them.
  const address = random.chance(0.5)
    ? `10.0.0.${random.whole(1, 20)}`
    : `10.${random.whole(1, 255)}.${random.whole(0, 255)}.1`;
  return wanted.map((encoding) => {
    return { path, manner, headers: { "accept-encoding": encoding, "x-forwarded-for": address } };
  });
}

function drawPath(random: Random, boards: ReadBoards): string {
  let left = random.whole(0, sum - 1);
  for (const [weight, draw] of draws) {
    left -= weight;
    if (left < 0) return draw(random, boards);
  }
  return "/";
}
