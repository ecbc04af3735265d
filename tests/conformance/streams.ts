/** What a stream promises. All on a board that streams; those with `key` on one made for the purpose. */
import { type Check, type CheckContext, holds, same } from "./check";

const path = (board: string) => `/api/v1/boards/${board}/stream`;
const atOnceMs = 1_500;
const heartbeatMs = 17_000;

export const streamChecks: Check[] = [
  {
    promise: "a stream begins at once, with how to reconnect and a snapshot that is what a poll shows",
    async run({ target, board }) {
      const stream = await target.stream(path(board));
      same("the status", stream.status, 200);
      same("the content type", stream.headers.get("content-type"), "text/event-stream");
      same("Cache-Control", stream.headers.get("cache-control"), "no-cache, no-transform");
      same("Content-Encoding", stream.headers.get("content-encoding"), null);
      const { data } = await stream.next("snapshot", atOnceMs);
      holds(`the first bytes came after ${stream.firstBytesMs()} ms`, (stream.firstBytesMs() ?? Infinity) < atOnceMs);
      holds(`retry is ${stream.retries[0]}`, (stream.retries[0] ?? 0) >= 500);
      const poll = (await target.send("GET", `/api/v1/boards/${board}`)).json();
      if (poll.version === data.version) same("the snapshot", { ...data, asOf: "" }, { ...poll, asOf: "" });
    },
  },
  {
    promise: "connections are told different times to come back after",
    async run({ target, board }) {
      const streams = await Promise.all(Array.from({ length: 5 }, () => target.stream(path(board))));
      await Promise.all(streams.map((stream) => stream.next("snapshot", atOnceMs)));
      holds("all five times are the same", new Set(streams.map(({ retries }) => retries[0])).size > 1);
    },
  },
  {
    promise:
      "who has the newest state gets no snapshot; who has something unknown does, and the header wins over ?since=",
    async run({ target, board }) {
      const first = await target.stream(path(board));
      const { data, lastEventId } = await first.next("snapshot", atOnceMs);
      const back = await target.stream(path(board), { headers: { "last-event-id": lastEventId }, resumed: data });
      const event = await back.next(() => true, atOnceMs);
      holds(`a returning viewer was sent a ${event.event}`, event.event !== "snapshot" || data.stale === true);
      for (const unknown of ["garbage", "zzzzzzzz-1", `${data.epoch}-999999999`]) {
        const stream = await target.stream(`${path(board)}?since=${lastEventId}`, {
          headers: { "last-event-id": unknown },
        });
        await stream.next("snapshot", atOnceMs);
      }
    },
  },
  {
    promise: "a quiet stream has a heartbeat within 15 seconds, which says where the board is",
    async run({ target, board }) {
      const stream = await target.stream(path(board));
      await stream.next("snapshot", atOnceMs);
      const { data, id } = await stream.next("heartbeat", heartbeatMs);
      same("the fields", Object.keys(data).sort(), ["epoch", "version"]);
      same("the id", id, null);
    },
  },
];

async function post({ target, board, authorization }: CheckContext, player: string, score: number) {
  const headers = authorization;
  const reply = await target.send("POST", `/api/v1/boards/${board}/scores`, { headers, body: { player, score } });
  same("the status of a post", reply.status, 200);
  return reply.json();
}

async function deliver({ target, board, authorization }: CheckContext, delivery: string): Promise<void> {
  const reply = await target.send("PATCH", `/api/v1/boards/${board}`, { headers: authorization, body: { delivery } });
  same("the status of the switch", reply.status, 200);
}

export const streamChecksWithKey: Check[] = [
  {
    promise: "every change comes as a delta that continues the state before, and leads to what a poll shows",
    async run(context) {
      const stream = await context.target.stream(path(context.board));
      await stream.next("snapshot", atOnceMs);
      let version = 0;
      for (let i = 0; i < 40; i++) ({ version } = await post(context, `p${i % 13}`, 100 + i));
      await stream.next(() => stream.view.position.version >= version, 5_000);
      holds("there was no delta", stream.view.seen.delta > 0);
      same("the number of snapshots", stream.view.seen.snapshot, 1);
      const poll = (await context.target.send("GET", `/api/v1/boards/${context.board}`)).json();
      same("what the stream shows", stream.view.snapshot?.entries, poll.entries);
    },
  },
  {
    promise: "who comes back is sent what was missed, and nothing twice",
    async run(context) {
      const first = await context.target.stream(path(context.board));
      const { data, lastEventId } = await first.next("snapshot", atOnceMs);
      const keeper = await context.target.stream(path(context.board));
      await keeper.next("snapshot", atOnceMs);
      first.close();
      const { version } = await post(context, "missed", 1_000 + Math.round(performance.now()));
      await keeper.next(() => keeper.view.position.version >= version, 5_000);
      const options = { headers: { "last-event-id": lastEventId }, resumed: data };
      const back = await context.target.stream(path(context.board), options);
      await back.next(() => back.view.position.version >= version, 5_000);
      same("what both show", back.view.snapshot?.entries, keeper.view.snapshot?.entries);
    },
  },
  {
    promise: "a watched player's standing comes at once, and again when it changes",
    async run(context) {
      await post(context, "watched", 1);
      const stream = await context.target.stream(`${path(context.board)}?player=watched`);
      await stream.next("standing", 3_000);
      await post(context, "watched", 5_000_000);
      await stream.next(({ event, data }) => event === "standing" && data.entry.score === 5_000_000, 5_000);
      same("the rank", stream.view.standing?.entry.rank, 1);
    },
  },
  {
    promise:
      "switching streaming off ends streams with a bye, then asking for one is 409; switching it on allows it again",
    async run(context) {
      const { target, board } = context;
      const stream = await target.stream(path(board));
      await stream.next("snapshot", atOnceMs);
      await deliver(context, "polling");
      same("the reason", (await stream.next("bye", 5_000)).data.reason, "delivery-off");
      same("what was wrong with the end", await stream.ended, null);
      const refused = await target.send("GET", path(board));
      same("status and code", [refused.status, refused.json().code], [409, "streaming-off"]);
      await deliver(context, "sse");
      await (await target.stream(path(board))).next("snapshot", atOnceMs);
    },
  },
];
