/** What anyone can see of the cached endpoint and of refusals. */
import { problemSchema, snapshotSchema } from "@/lib/http/reply-schemas";
import { type Check, holds, same } from "./check";
import type { Reply } from "./target";

const cacheControl = "public, max-age=0, s-maxage=1, stale-while-revalidate=1";

function problem(reply: Reply, status: number, code: string): void {
  same("the status", reply.status, status);
  same("the content type", reply.headers.get("content-type"), "application/problem+json");
  const parsed = problemSchema.safeParse(reply.json());
  holds(`the body is not problem details: ${reply.text.slice(0, 200)}`, parsed.success);
  same("the code", reply.json().code, code);
}

export const pollChecks: Check[] = [
  {
    promise: "the board is JSON of the documented shape, with a weak ETag made of its position, and says how to poll",
    async run({ target, board }) {
      const reply = await target.send("GET", `/api/v1/boards/${board}`);
      same("the status", reply.status, 200);
      const parsed = snapshotSchema.strict().safeParse(reply.json());
      holds(`the body has another shape: ${parsed.error?.message}`, parsed.success);
      const { epoch, version } = reply.json();
      holds(
        `the ETag is ${reply.headers.get("etag")}`,
        !!reply.headers.get("etag")?.startsWith(`W/"${epoch}-${version}`),
      );
      same("Cache-Control", reply.headers.get("cache-control"), cacheControl);
      holds(`Poll-Interval is ${reply.headers.get("poll-interval")}`, Number(reply.headers.get("poll-interval")) >= 1);
      holds("Vary does not name Accept-Encoding", /accept-encoding/i.test(reply.headers.get("vary") ?? ""));
    },
  },
  {
    promise: "positions are 1, 2, 3, ..., ranks grow with them, and nobody is there twice",
    async run({ target, board }) {
      const { entries, total } = (await target.send("GET", `/api/v1/boards/${board}?limit=1000`)).json();
      for (const [i, { position, rank }] of entries.entries()) {
        same(`the position of entry ${i}`, position, i + 1);
        holds(`rank ${rank} at position ${position}`, rank <= position && rank >= (entries[i - 1]?.rank ?? 1));
      }
      same("the number of players", new Set(entries.map((one: { player: string }) => one.player)).size, entries.length);
      same("the number of entries", entries.length, Math.min(total, 1_000));
    },
  },
  {
    promise: "who has the newest state gets 304 without a body, who sends garbage gets the board",
    async run({ target, board }) {
      const path = `/api/v1/boards/${board}`;
      for (let attempt = 0; ; attempt++) {
        const etag = (await target.send("GET", path)).headers.get("etag") ?? "";
        const again = await target.send("GET", path, { headers: { "if-none-match": etag } });
        // The board may have moved between the two.
        if (again.status === 200 && attempt < 3) continue;
        same("status and body", [again.status, again.text], [304, ""]);
        same("the ETag", again.headers.get("etag"), etag);
        break;
      }
      for (const garbage of ['"', "garbage", 'W/"', '"nobody-1"']) {
        const reply = await target.send("GET", path, { headers: { "if-none-match": garbage } });
        same(`the status for If-None-Match: ${garbage}`, reply.status, 200);
      }
    },
  },
  {
    promise: "the board is compressed for who takes it, and the same when it is not",
    async run({ target, board }) {
      const bodies = new Set<string>();
      for (const encoding of ["identity", "gzip", "br"]) {
        const headers = { "accept-encoding": encoding };
        const reply = await target.send("GET", `/api/v1/boards/${board}?limit=1000`, { headers });
        const used = reply.headers.get("content-encoding");
        holds(`asked for ${encoding}, got ${used}`, used === null || used === encoding);
        bodies.add(JSON.stringify({ ...reply.json(), asOf: "", epoch: "", version: 0 }));
      }
      holds("the bodies differ", bodies.size === 1);
    },
  },
  {
    promise: "a window is what was asked for; one that is not allowed is refused with 422",
    async run({ target, board }) {
      const path = `/api/v1/boards/${board}`;
      const [all, part] = await Promise.all([
        target.send("GET", `${path}?limit=10`),
        target.send("GET", `${path}?limit=3&offset=1`),
      ]);
      if (all.json().version === part.json().version)
        same("the window", part.json().entries, all.json().entries.slice(1, 4));
      for (const query of ["limit=0", "limit=1001", "limit=1e9", "limit=x", "offset=-1", "offset=0.5"]) {
        problem(await target.send("GET", `${path}?${query}`), 422, "invalid-request");
      }
    },
  },
  {
    promise: "a player is shown with exactly as many neighbours as there are; nobody is 404",
    async run({ target, board }) {
      const { entries } = (await target.send("GET", `/api/v1/boards/${board}?limit=5`)).json();
      const path = `/api/v1/boards/${board}/players`;
      for (const { player } of entries) {
        const reply = (await target.send("GET", `${path}/${encodeURIComponent(player)}?around=2`)).json();
        same("the player", reply.entry.player, player);
        same("the number of neighbours", reply.around.length, Math.min(5, reply.total));
      }
      problem(await target.send("GET", `${path}/${encodeURIComponent("nobody \u{1f47b}")}`), 404, "player-not-found");
    },
  },
  {
    promise: "what is not there is 404 with problem details, and scores without a key are 401",
    async run({ target, board }) {
      problem(await target.send("GET", "/api/v1/boards/no-such-board-here"), 404, "board-not-found");
      problem(await target.send("GET", "/api/v1/no-such-thing"), 404, "not-found");
      const post = await target.send("POST", `/api/v1/boards/${board}/scores`, { body: { player: "a", score: 1 } });
      problem(post, 401, "unauthorized");
      holds("there is no WWW-Authenticate", post.headers.has("www-authenticate"));
    },
  },
];
