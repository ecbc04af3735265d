/**
 * Hears of changed boards through one subscription. A subscription can die without a sign (its stream ends, or goes
 * quiet), so it is tested with a canary: a message of our own that has to come back. If one does not, the subscription
 * is replaced, and listeners are told that they may have missed something.
 */
import { randomBytes } from "node:crypto";
import type { Redis } from "@upstash/redis";
import type { Logger } from "@/lib/logger";
import { ChangeDispatcher } from "@/lib/rank-index/change-dispatcher";
import type { ChangeFeed } from "@/lib/rank-index/rank-index";
import { changesChannel, parseChangeMessage } from "@/lib/rank-index/redis-scripts";
import type { StorageErrors } from "@/lib/storage-errors";
import { backoffMs } from "./backoff";
import { RedisTimeoutError } from "./deadline";
import { inboxMessages, parseInboxMessage } from "./inbox-message";

export interface RedisChangeFeedOptions {
  redis: Redis;
  installationId: string;
  logger: Logger;
  storageErrors: StorageErrors;
  /** Longest time between canaries; the shortest is three quarters of it, so that instances spread out. */
  canaryEveryMs?: number;
  /** How long a canary, or a new subscription, may take. */
  canaryWaitMs?: number;
  backoffMaxMs?: number;
}

const backoffFirstMs = 100;

export function createRedisChangeFeed(options: RedisChangeFeedOptions): ChangeFeed {
  const {
    redis,
    installationId,
    logger,
    storageErrors,
    canaryEveryMs = 10_000,
    canaryWaitMs = 5_000,
    backoffMaxMs = 5_000,
  } = options;
  const channel = changesChannel(installationId);
  const dispatcher = new ChangeDispatcher((error) => logger.error({ err: error }, "a change could not be handled"));
  let subscriber: ReturnType<typeof redis.subscribe<string>> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let canary: string | undefined;
  let failures = 0;
  let closed = false;

  function subscribe(): void {
    const opened = redis.subscribe<string>(channel);
    const current = (handle: () => void) => () => subscriber === opened && handle();
    subscriber = opened;
    opened.on("subscribe", current(subscribed));
    opened.on("message", ({ message }) => subscriber === opened && receive(message));
    opened.on(
      "unsubscribe",
      current(() => replace(new Error("the subscription ended"))),
    );
    opened.on("error", (error: Error) => subscriber === opened && replace(error));
    after(canaryWaitMs, () => replace(new RedisTimeoutError("no subscription in time")));
  }

  function subscribed(): void {
    dispatcher.gap();
    sendCanary();
  }

  function sendCanary(): void {
    canary = `canary:${randomBytes(9).toString("base64url")}`;
    let missing: Error = new RedisTimeoutError("a canary did not come back");
    // Whether it was sent shows in whether it comes back; only then does why not matter.
    redis.publish(channel, canary).catch((error: Error) => {
      missing = error;
    });
    after(canaryWaitMs, () => replace(missing));
  }

  function receive(message: string): void {
    if (message === canary) {
      canary = undefined;
      if (failures > 0) logger.info({ failures }, "change feed restored");
      failures = 0;
      after(canaryEveryMs * (0.75 + Math.random() / 4), sendCanary);
      return;
    }
    const change = parseChangeMessage(message);
    if (change) dispatcher.change(change.uid, change.position);
    const inbox = parseInboxMessage(message);
    if (inbox) dispatcher.inbox(inbox.uid, inbox.newest);
  }

  function replace(error: Error): void {
    report(error, "changes of other instances arrive up to 5 s late; subscribing again");
    unsubscribe();
    after(backoffMs(failures++, backoffFirstMs, backoffMaxMs), subscribe);
  }

  function report(error: unknown, consequence: string): void {
    storageErrors.report({ component: "change feed", error, consequence });
  }

  function unsubscribe(): void {
    const ended = subscriber;
    subscriber = undefined;
    canary = undefined;
    ended?.unsubscribe().catch(() => undefined);
  }

  function after(ms: number, what: () => void): void {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(what, ms);
  }

  return {
    listen(listener) {
      dispatcher.listen(listener);
      if (subscriber) dispatcher.gap();
      else if (!timer) subscribe();
    },
    tellInbox(uid, newest) {
      // Here at once, whatever becomes of the channel; what comes back by it is known then.
      dispatcher.inbox(uid, newest);
      for (const message of inboxMessages(uid, newest)) {
        redis.publish(channel, message).catch((error: unknown) => {
          report(error, "inbox hints not sent to other instances; pages ask within 30 s");
        });
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      unsubscribe();
      dispatcher.close();
    },
  };
}
