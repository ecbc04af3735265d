import { apiScopes, createKeyInput } from "@/lib/domain/access";
import { checked } from "./arguments";
import { table } from "./columns";
import { type Command, CommandError, UsageError } from "./command";
import { withServices } from "./open-services";

export const keyCreate: Command = {
  name: "key create",
  summary: "Makes an API key.",
  details: "Prints the key, and nothing else, on standard output. It is shown this once.",
  positionals: [],
  options: {
    name: { value: "NAME", help: "what the key is for" },
    scopes: { value: "LIST", help: `comma-separated, of ${apiScopes.join(", ")}` },
    boards: { value: "LIST", help: "comma-separated ids of the boards the key is good for; all if left out" },
  },
  example: "key create --name game --scopes scores:write,boards:manage",
  async run(args) {
    const candidate = {
      name: args.text("name"),
      scopes: items(args.text("scopes")),
      boards: items(args.text("boards")),
    };
    const input = checked(args, createKeyInput, candidate, ([field]) => `--${String(field)}`);
    const { key } = await withServices(({ apiKeys }) => apiKeys.create(input));
    process.stdout.write(`${key}\n`);
    return 0;
  },
};

export const keyList: Command = {
  name: "key list",
  summary: "Lists the API keys, without their secrets.",
  positionals: [],
  options: { json: { help: "prints a JSON array" } },
  example: "key list",
  async run(args) {
    if (args.problems.length > 0) throw new UsageError(args.problems);
    const keys = await withServices(({ apiKeys }) => apiKeys.list());
    const rows = keys.map((key) => [
      key.id,
      key.name,
      key.scopes.join(","),
      key.boards?.join(",") ?? "all",
      minute(key.createdAt),
      key.lastUsedAt ? minute(key.lastUsedAt) : "never",
      key.revokedAt ? `revoked ${minute(key.revokedAt)}` : "in force",
    ]);
    const headings = ["ID", "NAME", "SCOPES", "BOARDS", "CREATED", "LAST USED", "STATE"];
    process.stdout.write(`${args.given("json") ? JSON.stringify(keys, null, 2) : table(headings, rows)}\n`);
    return 0;
  },
};

export const keyRevoke: Command = {
  name: "key revoke",
  summary: "Revokes an API key.",
  details: "Within a second nothing can be done with it.",
  positionals: ["ID"],
  options: {},
  example: "key revoke 3kTMd9sXQ2bn",
  async run(args) {
    if (args.problems.length > 0) throw new UsageError(args.problems);
    const [id = ""] = args.positionals;
    const found = await withServices(({ apiKeys }) => apiKeys.revoke(id));
    if (!found) throw new CommandError(`There is no key "${id}": \`rungs key list\` shows their ids.`);
    process.stdout.write(`Revoked key ${id}.\n`);
    return 0;
  },
};

function items(list: string | undefined): string[] | undefined {
  return list
    ?.split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** An ISO moment, cut to its minute. */
function minute(moment: string): string {
  return `${moment.slice(0, 16).replace("T", " ")}Z`;
}
