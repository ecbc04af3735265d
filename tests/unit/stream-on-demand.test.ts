import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SharedStreamOptions } from "@/app/_hooks/shared-stream";
import { openStreamOnDemand } from "@/app/_hooks/stream-on-demand";
import { FakeEventSource } from "@/tests/support/fake-event-source";

const options = {
  boardId: "cup",
  player: null,
  tabs: null,
  url: () => "/stream",
  listener: {},
} as unknown as SharedStreamOptions;
/** The code is fetched once; whoever asks for it later has it by then. */
const fetched = () => import("@/app/_hooks/shared-stream").then(() => undefined);

beforeEach(() => {
  FakeEventSource.made.length = 0;
  vi.stubGlobal("EventSource", FakeEventSource);
});
afterEach(() => vi.unstubAllGlobals());

test("the stream opens when its code has come, once, and closes with its holder", async () => {
  const stream = openStreamOnDemand(options);
  stream.retrySoon();
  await expect.poll(() => FakeEventSource.made.length).toBe(1);
  await fetched();
  expect(FakeEventSource.made).toHaveLength(1);
  stream.close();
  expect(FakeEventSource.last.readyState).toBe(2);
});

test("one that was closed before never opens", async () => {
  openStreamOnDemand(options).close();
  await fetched();
  await new Promise((resolve) => setImmediate(resolve));
  expect(FakeEventSource.made).toHaveLength(0);
});
