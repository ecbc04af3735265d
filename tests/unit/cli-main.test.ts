import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { main } from "@/cli/main";

const written = { stdout: "", stderr: "" };

beforeEach(() => {
  for (const stream of ["stdout", "stderr"] as const) {
    written[stream] = "";
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += text;
      return true;
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function run(...args: string[]) {
  return { code: await main(args), ...written };
}

const mistyped: [args: string, ...complaints: string[]][] = [
  ["", "Usage: rungs COMMAND"],
  ["borad list", 'no such command (did you mean "board list"?)'],
  ["board", "board create ID"],
  ["board create", "ID is missing", "--name is missing"],
  ["board create A_b --name x --order up --decimals 7", "ID: must be 1 to 63", "--order: ", "--decimals: "],
  ["board create ok --name x --operator bst", '(did you mean "best"?)'],
  ["board create ok --name x --tiebreak time", "--tiebreak time: order"],
  ["board create ok --name x --tiebreak a:asc --tiebreak a:asc", "--tiebreak: names must differ"],
  ["board set ok", "must change something"],
  ["board set ok --delivry sse", '(did you mean "--delivery"?)'],
  ["board delete ok", "--yes is missing"],
  ["key create --name x --scopes scores:wrte", '(did you mean "scores:write"?)'],
  ["key create --name x", "--scopes is missing"],
  ["key revoke", "ID is missing"],
  ["key list more", '"more": one argument too many'],
  ["replay demo --speed fast --url ftp://x", "--board is missing", "--key is missing", "--speed: ", "--url: "],
];

test.each(mistyped)(
  "`rungs %s` is refused in plain words on standard error, with exit code 2",
  async (args, ...told) => {
    const { code, stdout, stderr } = await run(...args.split(" ").filter(Boolean));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    for (const complaint of told) expect(stderr).toContain(complaint);
  },
);

test("--help of the tool, and of each command it lists, goes to standard output with exit code 0", async () => {
  const help = await run("--help");
  expect(help).toMatchObject({ code: 0, stderr: "" });
  const commands = [...help.stdout.matchAll(/^ {2}((?:key|board) [a-z]+|[a-z]+) [A-Z ]* {2}/gm)].map(
    ([, name = ""]) => name,
  );
  expect(commands).toHaveLength(10);
  for (const command of commands) {
    written.stdout = "";
    const { code, stdout } = await run(...command.split(" "), "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: rungs ${command}`);
  }
});

test("--version goes to standard output", async () => {
  expect(await run("--version")).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^rungs \d+\.\d+\.\d+\n$/),
    stderr: "",
  });
});
