import { expect, test } from "vitest";
import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import { checkPages } from "@/tests/faults/check-pages";
import type { Happening } from "@/tests/faults/history";

type At = [at: number, happening: Happening];

const says = (at: number, status: ConnectionStatus, gone = false): At => {
  return [at, { type: "page", viewer: "page a", board: "sum", status, gone }];
};
const lost = (what: "connections" | "everything"): At => [2_000, { type: "link", lost: what }];
const healed: At = [22_000, { type: "healed" }];

function violations(...events: At[]): string[] {
  return checkPages(events.map(([at, happening]) => ({ at, ...happening }))).map(({ invariant }) => invariant);
}

test("a page that notices within 15 seconds keeps its promise, and may be live again on a new connection", () => {
  const noticed = [says(0, "live"), says(16_900, "reconnecting")];
  expect(violations(lost("everything"), ...noticed, says(22_500, "live"), healed)).toEqual([]);
  expect(violations(lost("connections"), ...noticed, says(18_000, "live"), healed)).toEqual([]);
  expect(violations(lost("everything"), says(0, "polling"), says(5_000, "reconnecting"), healed)).toEqual([]);
});

test("a page is not live for longer, nor again before there is anything to be live by", () => {
  expect(violations(says(0, "live"), lost("connections"), says(18_000, "reconnecting"), healed)).toEqual([
    "status true",
  ]);
  expect(violations(says(0, "live"), lost("everything"), healed)).toEqual(["status true"]);
  const again = [says(0, "live"), says(3_000, "reconnecting"), says(19_000, "live")];
  expect(violations(lost("everything"), ...again, healed)).toEqual(["status true"]);
  const polled = [says(0, "polling"), says(5_000, "reconnecting")];
  expect(violations(lost("everything"), ...polled, says(19_000, "polling"), healed)).toEqual(["status true"]);
  expect(violations(lost("everything"), says(0, "polling"), healed)).toEqual(["status true"]);
  expect(violations(lost("connections"), says(0, "polling"), healed)).toEqual([]);
});

test("no page says that its board was removed", () => {
  expect(violations(says(0, "polling"), says(10, "polling", true), healed)).toEqual(["board stays"]);
});

test("no plain EventSource is ended for good, but by a stranger", () => {
  const closed: At = [3_000, { type: "closed", viewer: "source a" }];
  expect(violations(closed, healed)).toEqual(["source survives"]);
  expect(violations(lost("everything"), closed, healed)).toEqual([]);
});
