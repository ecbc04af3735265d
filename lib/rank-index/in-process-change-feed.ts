import type { Logger } from "@/lib/logger";
import { ChangeDispatcher } from "./change-dispatcher";
import type { ChangeFeed, IndexPosition } from "./rank-index";

/** The change feed of the in-process rank index, which does the announcing. */
export interface InProcessChangeFeed extends ChangeFeed {
  announce(uid: number, position: IndexPosition | null): void;
}

export function createInProcessChangeFeed({ logger }: { logger: Logger }): InProcessChangeFeed {
  const dispatcher = new ChangeDispatcher((error) => logger.error({ err: error }, "a change could not be handled"));
  return {
    listen(listener) {
      dispatcher.listen(listener);
      dispatcher.gap();
    },
    announce: (uid, position) => dispatcher.change(uid, position),
    tellInbox: (uid, newest) => dispatcher.inbox(uid, newest),
    close: async () => dispatcher.close(),
  };
}
