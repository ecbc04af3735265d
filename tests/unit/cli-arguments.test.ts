import { expect, test } from "vitest";
import { z } from "zod";
import { checked, parseArguments, wholeNumber } from "@/cli/arguments";
import type { Command } from "@/cli/command";

const command: Command = {
  name: "shelf build",
  summary: "Builds a shelf.",
  positionals: ["ID"],
  options: {
    name: { value: "NAME", help: "name" },
    order: { value: "ORDER", help: "order" },
    boards: { value: "N", help: "boards" },
    screw: { value: "SIZE", repeatable: true, help: "screws" },
    yes: { help: "mean it" },
  },
  example: "shelf build s1",
  run: async () => 0,
};

const schema = z.strictObject({
  id: z.string().max(3),
  name: z.string(),
  order: z.enum(["asc", "desc"]).default("desc"),
  boards: z.int().optional(),
});

function build(...typed: string[]) {
  const args = parseArguments(command, typed);
  const candidate = {
    id: args.positionals[0],
    name: args.text("name"),
    order: args.text("order"),
    boards: wholeNumber(args.text("boards")),
  };
  return checked(args, schema, candidate, ([field]) => (field === "id" ? "ID" : `--${String(field)}`));
}

function problemsOf(...typed: string[]): string[] {
  try {
    build(...typed);
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
  return [];
}

test("options may stand before or after the arguments, with a blank or an equals sign, and repeat where they may", () => {
  expect(build("--name", "Oak", "s1", "--order=asc")).toEqual({ id: "s1", name: "Oak", order: "asc" });
  expect(build("s1", "--name=--odd--", "--boards", "12")).toEqual({
    id: "s1",
    name: "--odd--",
    order: "desc",
    boards: 12,
  });
  expect(parseArguments(command, ["--screw", "4", "--screw", "5"]).list("screw")).toEqual(["4", "5"]);
});

test("all mistakes are reported at once, each in one line that names the option", () => {
  expect(problemsOf("far-too-long", "--nane", "Oak", "--order", "dsc", "--boards", "2.5", "--yes=no")).toEqual([
    '--nane: no such option (did you mean "--name"?)',
    "--yes: takes no value",
    "ID: must have at most 3 characters",
    '--order: must be one of asc, desc (did you mean "desc"?)',
    "--boards: must be a number",
  ]);
});

test("what is missing or too many is named: an argument, an option, an option's value", () => {
  expect(problemsOf()).toEqual(["ID is missing", "--name is missing"]);
  expect(problemsOf("s1", "--name", "--order", "asc")).toContain("--name: needs a value (NAME)");
  expect(problemsOf("s1", "s2", "--name", "Oak")).toEqual(['"s2": one argument too many']);
  expect(problemsOf("s1", "--name")).toEqual(["--name: needs a value (NAME)"]);
});

test("an option given twice is refused rather than the last one winning", () => {
  expect(problemsOf("s1", "--name", "Oak", "--name", "Elm")).toEqual(["--name: given twice"]);
});

test("an option named like a member of every object is unknown", () => {
  expect(problemsOf("s1", "--name", "Oak", "--constructor", "x")[0]).toBe("--constructor: no such option");
});
