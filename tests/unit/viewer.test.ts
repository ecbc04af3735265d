import { expect, test, vi } from "vitest";
import { eventFrame } from "@/lib/live/sse-frame";
import { Viewer } from "@/lib/live/viewer";
import { FakeSink } from "@/tests/support/fake-sink";

const position = { epoch: "e", version: 7 };
const limits = { bufferedBytesMax: 1_000, undrainedMsMax: 10_000 };

/** A frame that says nothing of positions, so that any order of them is a good stream. */
const frame = (n: number) => eventFrame("standing", JSON.stringify({ n }), null);

function open() {
  const sink = new FakeSink();
  sink.view.take = () => undefined;
  const viewer = new Viewer(sink, { player: null, address: null, expiresAt: 0, ...limits });
  const catchUp = vi.fn(() => viewer.send([frame(100), frame(101)]));
  const closed = vi.fn();
  viewer.listen(catchUp, closed);
  const numbers = () => sink.seen("standing").map(({ data }) => data.n);
  return { sink, viewer, catchUp, closed, numbers };
}

test("a reader that is full gets nothing until it has drained, and then a fresh start", () => {
  const { sink, viewer, catchUp, numbers } = open();
  viewer.send([frame(1)]);
  sink.fill();
  viewer.send([frame(2)]);
  viewer.send([frame(3)]);
  expect(numbers()).toEqual([1]);
  sink.drain();
  expect(catchUp).toHaveBeenCalledOnce();
  viewer.send([frame(4)]);
  expect(numbers()).toEqual([1, 100, 101, 4]);
});

test("a reader that was full but missed nothing is not sent a fresh start", () => {
  const { sink, catchUp } = open();
  sink.fill();
  sink.drain();
  expect(catchUp).not.toHaveBeenCalled();
});

test("frames that belong together go out together, though the first of them fills the connection", () => {
  const { sink, viewer, catchUp, numbers } = open();
  const write = sink.write.bind(sink);
  sink.write = (one) => {
    write(one);
    sink.fill();
  };
  viewer.send([frame(1), frame(2)]);
  sink.drain();
  expect(numbers()).toEqual([1, 2]);
  expect(catchUp).not.toHaveBeenCalled();
  sink.fill();
  viewer.send([frame(3)]);
  for (let i = 0; i < 5; i++) sink.drain();
  // One fresh start, although that fills the connection again.
  expect(numbers()).toEqual([1, 2, 100, 101]);
});

test("a heartbeat that finds the connection full is left out without further ado", () => {
  const { sink, viewer, catchUp, numbers } = open();
  sink.fill();
  viewer.sendIfIdle(frame(1));
  sink.drain();
  expect(catchUp).not.toHaveBeenCalled();
  viewer.sendIfIdle(frame(2));
  expect(numbers()).toEqual([2]);
});

test("a reader is stalled after ten seconds without draining, or at once with too much unread", () => {
  const { sink, viewer } = open();
  expect(viewer.isStalled(0)).toBe(false);
  sink.fill();
  expect(viewer.isStalled(1_000)).toBe(false);
  expect(viewer.isStalled(11_000)).toBe(false);
  expect(viewer.isStalled(11_001)).toBe(true);
  sink.drain();
  expect(viewer.isStalled(60_000)).toBe(false);
  sink.fill();
  // The time counts anew.
  expect(viewer.isStalled(70_000)).toBe(false);
  sink.bufferedBytes = limits.bufferedBytesMax + 1;
  expect(viewer.isStalled(70_000)).toBe(true);
});

test("a bye says when to come back, and is the last thing a viewer hears", () => {
  const { sink, viewer } = open();
  viewer.close("rotating", 1_234.5, position);
  viewer.send([frame(1)]);
  viewer.close("draining", 1, position);
  expect(sink.events.map(({ event, data, id }) => [event, data, id])).toEqual([["bye", { reason: "rotating" }, "e-7"]]);
  expect(sink.retries).toEqual([1235]);
  expect(sink.ended).toBe(true);
});

test("the bye of a viewer who missed something claims no position", () => {
  const { sink, viewer } = open();
  sink.fill();
  viewer.send([frame(1)]);
  viewer.close("draining", 1, position);
  expect(sink.events).toEqual([]);
  const behind = open();
  behind.sink.fill();
  behind.viewer.send([frame(1)]);
  // Drained, but not told so yet.
  Object.defineProperty(behind.sink, "needsDrain", { value: false });
  behind.viewer.close("draining", 1, position);
  expect(behind.sink.events.map(({ event, id }) => [event, id])).toEqual([["bye", null]]);
});

test("a viewer who went away hears nothing and is reported once", () => {
  const { sink, viewer, closed } = open();
  sink.close();
  viewer.send([frame(1)]);
  viewer.close("slow", 1, null);
  expect(sink.frames).toEqual([]);
  expect(viewer.closed).toBe(true);
  expect(closed).toHaveBeenCalledOnce();
});
