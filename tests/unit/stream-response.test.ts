import { expect, test, vi } from "vitest";
import { streamResponse } from "@/lib/http/stream";
import type { Sink } from "@/lib/live/viewer";
import type { Services } from "@/lib/services";

const address = "http://localhost/api/v1/boards/b/stream";
const frame = (bytes: number) => Buffer.alloc(bytes, "x");

/** A stream as a web response, seen from both of its ends. */
function open(init: RequestInit = {}) {
  const sinks: Sink[] = [];
  const hub = { open: async (_board: string, sink: Sink) => void sinks.push(sink) };
  const services = { hub } as unknown as Services;
  const response = streamResponse(services, "b", { player: null, since: null }, new Request(address, init));
  const [drained, closed] = [vi.fn(), vi.fn()];
  const [sink] = sinks;
  sink?.onDrain(drained);
  sink?.onClose(closed);
  return { response, sink: sink as Sink, drained, closed, reader: response.body?.getReader() };
}

test("what is written can be read, and the end is seen after it", async () => {
  const { sink, reader, closed } = open();
  sink.write(Buffer.from("a"));
  sink.end();
  expect(closed).toHaveBeenCalledOnce();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("a");
  expect((await reader?.read())?.done).toBe(true);
});

test("it is full from 64 KiB unread on, says how much that is, and says when it is read", async () => {
  const { sink, reader, drained } = open();
  sink.write(frame(64 * 1024 - 1));
  expect([sink.needsDrain, sink.bufferedBytes]).toEqual([false, 0]);
  sink.write(frame(1_001));
  expect([sink.needsDrain, sink.bufferedBytes]).toEqual([true, 1_000]);
  drained.mockClear();
  await reader?.read();
  await reader?.read();
  expect(sink.needsDrain).toBe(false);
  expect(drained).toHaveBeenCalled();
});

test("the end of a reader that does not read is a cut, not an end it would never see", async () => {
  const { sink, reader, closed } = open();
  sink.write(frame(70_000));
  sink.end();
  expect(closed).toHaveBeenCalledOnce();
  await expect(reader?.read()).rejects.toMatchObject({ name: "AbortError" });
});

test("a reader who goes away is noticed once, whichever way it shows", async () => {
  const leaving = open();
  await leaving.reader?.cancel();
  expect(leaving.closed).toHaveBeenCalledOnce();
  const controller = new AbortController();
  const aborted = open({ signal: controller.signal });
  controller.abort();
  controller.abort();
  await aborted.reader?.cancel();
  expect(aborted.closed).toHaveBeenCalledOnce();
  for (const { sink } of [leaving, aborted]) {
    sink.write(frame(1));
    sink.end();
  }
  const late = open({ signal: AbortSignal.abort() });
  expect(late.closed).toHaveBeenCalledOnce();
});

test("HEAD has the headers and opens nothing", () => {
  const { response, sink } = open({ method: "HEAD" });
  expect([response.headers.get("content-type"), response.body, sink]).toEqual(["text/event-stream", null, undefined]);
});
