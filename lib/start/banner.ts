/** What `npm start` prints once it serves. */
import type { StoreParts } from "@/lib/embedded/stores";
import type { SampleBoard } from "@/lib/leaderboard/ensure-sample-board";

export interface BannerFacts {
  url: string;
  dataDir: string;
  parts: StoreParts;
  /** Why ranks cannot be kept there at present, else null. */
  rankIndexTrouble: string | null;
  /** Null when there is an organizer already. */
  firstOrganizerLink: string | null;
  /** Null when the sample board was deleted. */
  sample: SampleBoard | null;
  bold: boolean;
}

const postgres: Record<StoreParts["postgres"], string> = {
  embedded: "embedded, kept in the data folder",
  configured: "yours (DATABASE_URL)",
};

const ranks: Record<StoreParts["ranks"], string> = {
  "private-redis": "in a private Redis, rebuilt from Postgres",
  redis: "in your Redis (REDIS_URL)",
  upstash: "in your Upstash Redis (UPSTASH_REDIS_REST_URL)",
  "in-process": "in this process, rebuilt from Postgres (no Redis is installed or configured)",
};

export function banner(facts: BannerFacts): string {
  const bold = (text: string) => (facts.bold ? `\u001b[1m${text}\u001b[22m` : text);
  const lines = [
    `${bold("Rungs")} is running at ${bold(facts.url)}`,
    "",
    ...(facts.firstOrganizerLink
      ? ["Set up the first organizer here (works once, for a day):", `  ${bold(facts.firstOrganizerLink)}`, ""]
      : []),
    `Data      ${facts.dataDir}`,
    `Postgres  ${postgres[facts.parts.postgres]}`,
    `Ranks     ${ranks[facts.parts.ranks]}${trouble(facts)}`,
    "",
    ...(facts.sample ? curl(facts.url, facts.sample, facts.firstOrganizerLink !== null) : []),
    "Ctrl-C stops it.",
  ];
  return `\n${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n\n`;
}

function trouble({ rankIndexTrouble }: BannerFacts): string {
  if (rankIndexTrouble === null) return "";
  return `, which cannot be used at present (${rankIndexTrouble}); boards are served from Postgres, as stale`;
}

/** Once somebody runs the site, output that a process manager keeps has no key in it; the shell reads it from its file. */
function curl(url: string, { boardId, key, keyFile }: SampleBoard, isNew: boolean): string[] {
  const bearer = isNew ? key : `$(cat '${keyFile.replaceAll("'", "'\\''")}')`;
  return [
    `Post a score, and see it at ${url}/boards/${boardId}:`,
    `  curl ${url}/api/v1/boards/${boardId}/scores \\`,
    `    -H "Authorization: Bearer ${bearer}" -H "Content-Type: application/json" \\`,
    `    -d '{"player":"ada","name":"Ada","score":42}'`,
    "",
  ];
}
