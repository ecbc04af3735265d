import fc from "fast-check";
import { expect, test } from "vitest";
import { deliveryAdvice } from "@/app/_components/settings/delivery-advice";
import { deliveryCost } from "@/lib/domain/delivery-cost";
import { textsIn } from "@/tests/support/texts";

const advice = (viewers: number, perMinute: number) =>
  deliveryAdvice({ viewers, changesPerSecond: perMinute / 60 }, textsIn("en", "settings"));

test("where there is nothing to decide by, that is what it says", () => {
  expect(advice(0, 90)).toBe("Nobody is watching just now, so either way costs nothing.");
  expect(advice(1, 0)).toBe("No scores arrive just now, so a stream would have nothing to tell its 1 viewer.");
});

test("a board is told what it gains and what it costs; a large one to make sure of it first", () => {
  expect(advice(120, 30)).toBe(
    "With 120 viewers and 30 scores a minute, streaming shows a score 2.3 seconds sooner on average, for 0.14% of a " +
      "processor core instead of 0.87%, and up to 1.4 Mbit/s instead of 0.24: worth it where seconds count.",
  );
  expect(advice(1, 1)).toBe(
    "With 1 viewer and 1 score a minute, streaming shows a score 2.3 seconds sooner on average and costs next to " +
      "nothing: worth it where seconds count.",
  );
  expect(advice(100_000, 600)).toMatch(
    /^Streaming 600 scores a minute to 100,000 viewers takes 960% of a processor core .*, or stay with polling\.$/,
  );
});

test("cost grows with viewers and with changes; a stream's no more beyond what it carries", () => {
  const crowd = fc.record({
    viewers: fc.nat(1_000_000),
    changesPerSecond: fc.double({ min: 0, max: 100, noNaN: true }),
  });
  fc.assert(
    fc.property(crowd, fc.constantFrom("polling" as const, "sse" as const), (one, delivery) => {
      const cost = deliveryCost(delivery, one);
      const more = deliveryCost(delivery, { viewers: one.viewers + 1, changesPerSecond: one.changesPerSecond + 1 });
      for (const key of ["coreShare", "bytes", "messages"] as const) {
        expect(cost[key]).toBeGreaterThanOrEqual(0);
        expect(more[key]).toBeGreaterThanOrEqual(cost[key]);
      }
    }),
  );
  expect(deliveryCost("sse", { viewers: 10, changesPerSecond: 4 })).toEqual(
    deliveryCost("sse", { viewers: 10, changesPerSecond: 400 }),
  );
});
