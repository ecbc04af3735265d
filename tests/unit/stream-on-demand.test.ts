import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { initialState } from "@/app/_hooks/board-state";
import { openStreamOnDemand } from "@/app/_hooks/stream-on-demand";
import type { StreamedBoard } from "@/app/_hooks/streamed-board";
import type { Snapshot } from "@/lib/domain/snapshot";
import { FakeEventSource } from "@/tests/support/fake-event-source";

const shown = { epoch: "e1", version: 1 } as Snapshot;
const board: StreamedBoard = {
  boardId: "cup",
  player: null,
  getState: () => initialState(shown, 0),
  setState: () => {},
  show: () => {},
  onState: () => {},
  onHeard: () => {},
  onStanding: () => {},
  onInbox: () => {},
};
/** The code is fetched once; whoever asks for it later has it by then. */
const fetched = () => import("@/app/_hooks/streamed-board").then(() => undefined);

beforeEach(() => {
  FakeEventSource.made.length = 0;
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.stubGlobal("navigator", {});
});
afterEach(() => vi.unstubAllGlobals());

test("the stream opens when its code has come, once, and closes with its holder", async () => {
  const stream = openStreamOnDemand(board);
  stream.retrySoon();
  await expect.poll(() => FakeEventSource.made.length).toBe(1);
  await fetched();
  expect(FakeEventSource.made).toHaveLength(1);
  stream.close();
  expect(FakeEventSource.last.readyState).toBe(2);
});

test("one that was closed before never opens", async () => {
  openStreamOnDemand(board).close();
  await fetched();
  await new Promise((resolve) => setImmediate(resolve));
  expect(FakeEventSource.made).toHaveLength(0);
});
