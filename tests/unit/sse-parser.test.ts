import { expect, test } from "vitest";
import { type SseEvent, SseParser } from "@/tests/support/sse-parser";

const stream = Buffer.from(
  'retry: 2000\n\nid: e-1\nevent: snapshot\ndata: {"é":1}\n\nevent: heartbeat\ndata: {}\n\nid: e-2\nevent: delta\ndata: {}\n\n',
);

test("wherever the stream is cut, the last event's id is of the last event that came whole", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const events: SseEvent[] = [];
    const parser = new SseParser((event) => events.push(event));
    parser.push(stream.subarray(0, cut));
    expect(parser.lastEventId).toBe(events.findLast(({ id }) => id !== null)?.id ?? "");
    parser.push(stream.subarray(cut));
    expect(events.map(({ event, id, lastEventId }) => [event, id, lastEventId])).toEqual([
      ["snapshot", "e-1", "e-1"],
      ["heartbeat", null, "e-1"],
      ["delta", "e-2", "e-2"],
    ]);
    expect(parser.retries).toEqual([2000]);
    expect(parser.isBetween).toBe(true);
  }
});
