/** How tabs of one browser find one another. */
export interface Tabs {
  locks: Pick<LockManager, "request">;
  /** Null where it is not allowed. Everybody on the line of that name hears what is posted, but for the one who posts. */
  openLine(name: string): TabLine | null;
}

export interface TabLine {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** Null in old browsers, and on pages without TLS, which have no locks. */
export function browserTabs(): Tabs | null {
  const { locks } = navigator;
  if (!locks || typeof BroadcastChannel === "undefined") return null;
  return {
    locks,
    openLine(name) {
      try {
        return new BroadcastChannel(name);
      } catch {
        return null;
      }
    },
  };
}
