import { expect, test } from "vitest";
import { type BannerFacts, banner } from "@/lib/start/banner";

const facts: BannerFacts = {
  url: "https://rungs.example",
  dataDir: "/srv/rungs",
  parts: { postgres: "configured", ranks: "in-process" },
  rankIndexTrouble: null,
  firstOrganizerLink: null,
  sample: null,
  bold: false,
};

test("a start with nothing to set up prints address, data folder and parts, and no key", () => {
  expect(banner(facts)).toBe(`
  Rungs is running at https://rungs.example

  Data      /srv/rungs
  Postgres  yours (DATABASE_URL)
  Ranks     in this process, rebuilt from Postgres (no Redis is installed or configured)

  Ctrl-C stops it.

`);
});

const sample = { boardId: "sample", key: "rungs_id_secret", keyFile: "/srv/rungs/sample-key" };

test("the first organizer's link and a curl for the sample board are printed where there are any", () => {
  const text = banner({
    ...facts,
    firstOrganizerLink: "https://rungs.example/join#token=t",
    sample,
  });
  expect(text).toContain("    https://rungs.example/join#token=t\n");
  expect(text).toContain(`    curl https://rungs.example/api/v1/boards/sample/scores \\
      -H "Authorization: Bearer rungs_id_secret" -H "Content-Type: application/json" \\
      -d '{"player":"ada","name":"Ada","score":42}'\n`);
});

test("with an organizer the curl takes the key from its file", () => {
  const text = banner({ ...facts, sample });
  expect(text).toContain(`-H "Authorization: Bearer $(cat '/srv/rungs/sample-key')"`);
  expect(text).not.toContain(sample.key);
});

test("a Redis that cannot be used is said to be unusable", () => {
  const parts = { postgres: "configured", ranks: "redis" } as const;
  const text = banner({ ...facts, parts, rankIndexTrouble: "unreachable: connect ECONNREFUSED 10.0.0.1:6379" });
  expect(text).toContain(
    "in your Redis (REDIS_URL), which cannot be used at present (unreachable: connect ECONNREFUSED 10.0.0.1:6379); boards",
  );
});
