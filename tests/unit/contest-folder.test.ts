import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readContestFolder } from "@/lib/contest/folder";

let folder: string;

const contest = { name: "Spring Cup", durationSeconds: 600, penaltyMinutes: 20, problems: ["A", "B"] };
const teams = [
  { team: "t1", name: "一队", organization: "Uni" },
  { team: "t2", name: "Two" },
];
const submissions = [
  { at: 5, team: "t1", problem: "A", accepted: false },
  { at: 60, team: "t1", problem: "A", accepted: true },
];

const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rungs-contest-"));
  writeFileSync(join(folder, "contest.json"), JSON.stringify(contest));
  writeFileSync(join(folder, "teams.ndjson"), lines(teams));
  writeFileSync(join(folder, "submissions.ndjson"), lines(submissions));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a folder reads the same plain or compressed", async () => {
  const plain = await readContestFolder(folder);
  for (const name of ["teams.ndjson", "submissions.ndjson"]) rmSync(join(folder, name));
  writeFileSync(join(folder, "teams.ndjson.gz"), gzipSync(lines(teams)));
  writeFileSync(join(folder, "submissions.ndjson.gz"), gzipSync(lines(submissions)));
  expect(await readContestFolder(folder)).toEqual(plain);
  expect(plain.submissions).toEqual(submissions);
  expect(plain.contest).toEqual({ name: "Spring Cup", durationSeconds: 600, penaltyMinutes: 20 });
});

test("a team is called by its name and organization, where the name does not say it already and both fit", async () => {
  const long = { team: "t3", name: "Three", organization: "x".repeat(121) };
  const said = { team: "t4", name: "Uni Four", organization: "Uni" };
  writeFileSync(join(folder, "teams.ndjson"), lines([...teams, long, said]));
  const { teams: names } = await readContestFolder(folder);
  expect([...names.values()]).toEqual(["一队 (Uni)", "Two", "Three", "Uni Four"]);
});

test("the digest changes with every change of the data", async () => {
  const before = await readContestFolder(folder);
  writeFileSync(join(folder, "submissions.ndjson"), lines(submissions).replace('"at":5', '"at":6'));
  expect((await readContestFolder(folder)).digest).not.toBe(before.digest);
});

const broken: [what: string, file: string, text: string, message: string][] = [
  [
    "a line that is not JSON",
    "submissions.ndjson",
    `${lines(submissions)}{"at":`,
    "submissions.ndjson, line 3: not JSON",
  ],
  ["a wrong field", "submissions.ndjson", lines([{ ...submissions[0], at: "5" }]), "submissions.ndjson, line 1: at: "],
  [
    "an unknown team",
    "submissions.ndjson",
    lines([{ ...submissions[0], team: "x" }]),
    'line 1: team "x" is not among the teams',
  ],
  [
    "an unknown problem",
    "submissions.ndjson",
    lines([{ ...submissions[0], problem: "Z" }]),
    'line 1: problem "Z" is not in contest.json',
  ],
  [
    "a time out of order",
    "submissions.ndjson",
    lines(submissions.toReversed()),
    "line 2: at 5 is before the line above",
  ],
  [
    "a time after the end",
    "submissions.ndjson",
    lines([{ ...submissions[0], at: 601 }]),
    "line 1: at 601 is after the contest's end",
  ],
  [
    "a team listed twice",
    "teams.ndjson",
    lines([...teams, teams[0]]),
    'teams.ndjson, line 3: team "t1" is listed twice',
  ],
  [
    "a control character in a name",
    "teams.ndjson",
    lines([{ team: "t1", name: "a\u0000" }]),
    "teams.ndjson, line 1: name: ",
  ],
  ["a bad contest.json", "contest.json", "{}", "contest.json: name: "],
  [
    "a missing part",
    "contest.json",
    JSON.stringify({ ...contest, submissions: 9 }),
    "has 2 lines, contest.json says 9",
  ],
];

test.each(broken)("%s is reported with its file and line", async (_what, file, text, message) => {
  writeFileSync(join(folder, file), text);
  await expect(readContestFolder(folder)).rejects.toThrow(message);
});

test("a folder that is no contest, and one that does not exist, say what is missing", async () => {
  rmSync(join(folder, "teams.ndjson"));
  await expect(readContestFolder(folder)).rejects.toThrow("it has no teams.ndjson or teams.ndjson.gz");
  await expect(readContestFolder(join(folder, "nowhere"))).rejects.toThrow("it has no contest.json");
});

test("a damaged or truncated archive is refused", async () => {
  rmSync(join(folder, "teams.ndjson"));
  writeFileSync(join(folder, "teams.ndjson.gz"), gzipSync(lines(teams)).subarray(0, 30));
  await expect(readContestFolder(folder)).rejects.toThrow("teams.ndjson.gz cannot be unpacked");
});
