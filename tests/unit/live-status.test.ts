import { describe, expect, it } from "vitest";
import { type ConnectionFacts, connectionStatus, type StreamState } from "@/app/_hooks/connection-status";

const now = 1_000_000;
const facts = (change: Partial<ConnectionFacts> = {}): ConnectionFacts => ({
  verifiedAt: now - 2_000,
  pollIntervalMs: 5_000,
  pollFailed: false,
  offline: false,
  stream: "off",
  heardAt: 0,
  serverStale: false,
  ...change,
});
const status = (change: Partial<ConnectionFacts>) => connectionStatus(facts(change), now);

describe("the connection status", () => {
  it("is polling while polls succeed and no stream is wanted", () => {
    expect(status({})).toBe("polling");
  });

  it("is polling while a first stream is being opened beside successful polls", () => {
    expect(status({ stream: "connecting" })).toBe("polling");
  });

  it("is live exactly as long as an open stream was heard from within 12 seconds", () => {
    expect(status({ stream: "open", heardAt: now - 12_000, verifiedAt: now - 12_000 })).toBe("live");
    expect(status({ stream: "open", heardAt: now - 12_001, verifiedAt: now - 12_001 })).toBe("reconnecting");
    expect(status({ stream: "open", heardAt: now - 15_001, verifiedAt: now - 15_001 })).toBe("stale");
  });

  it("is live although a poll failed, since the stream vouches for what is shown", () => {
    expect(status({ stream: "open", heardAt: now - 10_000, pollFailed: true })).toBe("live");
  });

  it("is reconnecting while a wanted stream is down and polls carry the page", () => {
    expect(status({ stream: "down" })).toBe("reconnecting");
  });

  it("is reconnecting for 15 seconds after polls began to fail, then stale", () => {
    expect(status({ pollFailed: true, verifiedAt: now - 15_000 })).toBe("reconnecting");
    expect(status({ pollFailed: true, verifiedAt: now - 15_001 })).toBe("stale");
  });

  it("is never live or polling while the browser is offline", () => {
    for (const stream of ["off", "connecting", "open", "down"] satisfies StreamState[]) {
      expect(status({ offline: true, stream, heardAt: now })).toBe("reconnecting");
    }
    expect(status({ offline: true, stream: "open", heardAt: now - 20_000, verifiedAt: now - 20_000 })).toBe("stale");
  });

  it("is stale as soon as the server says so, whatever the connection", () => {
    expect(status({ serverStale: true, stream: "open", heardAt: now })).toBe("stale");
  });

  it("does not turn stale between polls that the server asked to be rare", () => {
    expect(status({ pollIntervalMs: 30_000, verifiedAt: now - 33_000 })).toBe("polling");
    expect(status({ pollIntervalMs: 30_000, verifiedAt: now - 76_000 })).toBe("stale");
  });
});
