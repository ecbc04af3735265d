import fc from "fast-check";
import { expect, test } from "vitest";
import { parseChangeMessage } from "@/lib/rank-index/redis-scripts";
import { inboxMessages, parseInboxMessage } from "@/lib/redis/inbox-message";
import { anyText } from "@/tests/support/any-text";

const player = anyText(128).filter((text) => text !== "");

test("what one instance tells of new items another reads, whoever the players are and however many", () => {
  const hints = fc.uniqueArray(fc.tuple(player, fc.integer({ min: 1, max: 1e15 - 1 })), {
    selector: ([player]) => player,
    maxLength: 60,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), hints, (uid, told) => {
      const messages = inboxMessages(uid, new Map(told));
      const heard = messages.map((message) => parseInboxMessage(message));
      expect(heard.flatMap((one) => [...(one?.newest ?? [])])).toEqual(told);
      expect(heard.every((one) => one?.uid === uid)).toBe(true);
      // Instances that know nothing of inboxes.
      for (const message of messages) expect(parseChangeMessage(message)).toBeUndefined();
    }),
  );
});

test.each([
  "",
  "inbox:",
  "inbox:1:",
  "inbox:1:2",
  "inbox:1:2:",
  "inbox:1:2:YQ.",
  "inbox:x:2:YQ",
  "7:abc:1",
  "canary:x",
])("%j is no such message", (message) => expect(parseInboxMessage(message)).toBeUndefined());

test("a hostile message is judged in no time", () => {
  const startedAt = performance.now();
  expect(parseInboxMessage(`inbox:1:${"1:".repeat(100_000)}!`)).toBeUndefined();
  expect(performance.now() - startedAt).toBeLessThan(100);
});
