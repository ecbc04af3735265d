/** Reads a contest from a folder: `contest.json`, `teams.ndjson` and `submissions.ndjson`, the latter two also as `.gz`. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { inWords } from "@/lib/domain/issue-words";
import { displayName, playerId, textProblem } from "@/lib/domain/text";
import type { Contest, Submission } from "./scoring";

export interface ContestFolder {
  contest: Contest;
  /** What to call each team: its name and organization, for names alone repeat. */
  teams: Map<string, string>;
  submissions: Submission[];
  /** SHA-256 of everything read, hex: names this contest whatever folder it lies in. */
  digest: string;
}

/** Says which file, and which line of it, cannot be read as a contest. */
class ContestFolderError extends Error {
  override readonly name = "ContestFolderError";
}

const unpackedBytesMax = 256 * 1024 * 1024;

const count = z.int().min(0);

const contestFile = z.object({
  name: displayName,
  durationSeconds: z.int().min(1),
  penaltyMinutes: count,
  problems: z.array(z.string().min(1)).min(1),
  teams: count.optional(),
  submissions: count.optional(),
});

const teamLine = z.object({ team: playerId, name: displayName, organization: z.string().default("") });

const submissionLine = z.object({ at: count, team: z.string(), problem: z.string(), accepted: z.boolean() });

export async function readContestFolder(folder: string): Promise<ContestFolder> {
  const files = {
    contest: await readText(folder, ["contest.json"]),
    teams: await readText(folder, ["teams.ndjson", "teams.ndjson.gz"]),
    submissions: await readText(folder, ["submissions.ndjson", "submissions.ndjson.gz"]),
  };
  const contest = parseContest(files.contest);
  const teams = parseTeams(files.teams);
  const submissions = parseSubmissions(files.submissions, contest, teams);
  checkCount(files.teams, teams.size, contest.teams);
  checkCount(files.submissions, submissions.length, contest.submissions);
  const digest = createHash("sha256");
  for (const file of Object.values(files)) digest.update(`${file.text.length}\n${file.text}`);
  const { name, durationSeconds, penaltyMinutes } = contest;
  return { contest: { name, durationSeconds, penaltyMinutes }, teams, submissions, digest: digest.digest("hex") };
}

interface TextFile {
  name: string;
  text: string;
}

/** The first of `names` that exists. */
async function readText(folder: string, names: string[]): Promise<TextFile> {
  for (const name of names) {
    const bytes = await readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw new ContestFolderError(`${join(folder, name)} cannot be read (${error.code ?? error.message})`);
    });
    if (bytes) return { name, text: name.endsWith(".gz") ? unpack(name, bytes) : bytes.toString("utf8") };
  }
  throw new ContestFolderError(`${folder} is not a contest folder: it has no ${names.join(" or ")}`);
}

function unpack(name: string, bytes: Buffer): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: unpackedBytesMax }).toString("utf8");
  } catch (error) {
    throw new ContestFolderError(`${name} cannot be unpacked: ${error instanceof Error ? error.message : error}`);
  }
}

function parseContest(file: TextFile): z.infer<typeof contestFile> {
  return parse(contestFile, file.text, file.name);
}

function parseTeams(file: TextFile): Map<string, string> {
  const teams = new Map<string, string>();
  for (const [where, { team, name, organization }] of parseLines(teamLine, file)) {
    if (teams.has(team)) throw new ContestFolderError(`${where}: team "${team}" is listed twice`);
    const both = `${name} (${organization})`;
    teams.set(team, name.includes(organization) || textProblem(both) !== null ? name : both);
  }
  return teams;
}

function parseSubmissions(
  file: TextFile,
  contest: z.infer<typeof contestFile>,
  teams: ReadonlyMap<string, string>,
): Submission[] {
  const problems = new Set(contest.problems);
  const submissions: Submission[] = [];
  let before = 0;
  for (const [where, submission] of parseLines(submissionLine, file)) {
    const { at, team, problem } = submission;
    if (!teams.has(team)) throw new ContestFolderError(`${where}: team "${team}" is not among the teams`);
    if (!problems.has(problem)) throw new ContestFolderError(`${where}: problem "${problem}" is not in contest.json`);
    if (at > contest.durationSeconds) throw new ContestFolderError(`${where}: at ${at} is after the contest's end`);
    if (at < before) throw new ContestFolderError(`${where}: at ${at} is before the line above; sort by time`);
    before = at;
    submissions.push(submission);
  }
  return submissions;
}

/** Yields each line's place and value; a last line may end without a line feed. */
function* parseLines<T>(schema: z.ZodType<T>, file: TextFile): Generator<[string, T]> {
  const lines = file.text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [i, line] of lines.entries()) {
    const where = `${file.name}, line ${i + 1}`;
    yield [where, parse(schema, line, where)];
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, where: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ContestFolderError(`${where}: not JSON`);
  }
  const parsed = schema.safeParse(json, inWords);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new ContestFolderError(`${where}: ${problems.join("; ")}`);
}

function checkCount(file: TextFile, found: number, expected: number | undefined): void {
  if (expected === undefined || found === expected) return;
  throw new ContestFolderError(`${file.name} has ${found} lines, contest.json says ${expected}: is it complete?`);
}
