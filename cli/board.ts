import {
  type BoardSettings,
  type BoardView,
  createBoardInput,
  decimalsMax,
  deliveries,
  operators,
  orders,
  rankStyles,
  tiebreaksMax,
  updateBoardInput,
} from "@/lib/domain/board";
import { createBoard } from "@/lib/leaderboard/create-board";
import { deleteBoard } from "@/lib/leaderboard/delete-board";
import { listBoards } from "@/lib/leaderboard/list-boards";
import { updateBoard } from "@/lib/leaderboard/update-board";
import { type Arguments, checked, wholeNumber } from "./arguments";
import { table } from "./columns";
import { type Command, type Option, UsageError } from "./command";
import { withServices } from "./open-services";

const settings: Record<string, Option> = {
  name: { value: "NAME", help: "what people see" },
  order: { value: "ORDER", help: `${orders.join(" (points) or ")} (times)` },
  operator: { value: "OPERATOR", help: `what a posted score does: ${operators.join(", ")}` },
  decimals: { value: "N", help: `decimals of a score, 0 to ${decimalsMax}` },
  tiebreak: {
    value: "NAME:ORDER",
    repeatable: true,
    help: `a further column that decides ties, up to ${tiebreaksMax}`,
  },
  "rank-style": { value: "STYLE", help: `how ties share ranks: ${rankStyles.join(", ")}` },
  delivery: { value: "DELIVERY", help: `how changes reach the viewers: ${deliveries.join(", ")}` },
  "embed-hosts": { value: "HOSTS", help: 'sites that may embed the board, joined by commas; "*" for any, "" for none' },
};

export const boardCreate: Command = {
  name: "board create",
  summary: "Creates a board.",
  details: "Left out: --order desc, --operator best, --decimals 0, --rank-style competition, --delivery polling.",
  positionals: ["ID"],
  options: settings,
  example: 'board create sprint --name "Sprint" --order asc --decimals 2',
  async run(args) {
    const candidate = { id: args.positionals[0], ...settingsOf(args) };
    const input = checked(args, createBoardInput, candidate, labelOf(args));
    const board = await withServices(({ context }) => createBoard(context, input));
    process.stdout.write(`Created board "${board.id}" (${described(board)}).\n`);
    return 0;
  },
};

export const boardList: Command = {
  name: "board list",
  summary: "Lists the boards.",
  positionals: [],
  options: { json: { help: "prints a JSON array" } },
  example: "board list",
  async run(args) {
    if (args.problems.length > 0) throw new UsageError(args.problems);
    const boards = await withServices(({ context }) => listBoards(context));
    const rows = boards.map((board) => [board.id, board.name, String(board.total), described(board)]);
    const headings = ["ID", "NAME", "PLAYERS", "SETTINGS"];
    process.stdout.write(`${args.given("json") ? JSON.stringify(boards, null, 2) : table(headings, rows)}\n`);
    return 0;
  },
};

export const boardSet: Command = {
  name: "board set",
  summary: "Changes a board's settings.",
  details: "--order, --operator, --decimals and --tiebreak can change while it has no scores, the others at any time.",
  positionals: ["ID"],
  options: settings,
  example: "board set sprint --delivery sse",
  async run(args) {
    const change = checked(args, updateBoardInput, settingsOf(args), labelOf(args));
    const board = await withServices(({ context }) => updateBoard(context, idOf(args), change));
    process.stdout.write(`Board "${board.id}" is now: ${described(board)}.\n`);
    return 0;
  },
};

export const boardDelete: Command = {
  name: "board delete",
  summary: "Deletes a board with all its scores, for good.",
  positionals: ["ID"],
  options: { yes: { help: "says that you mean it" } },
  example: "board delete sprint --yes",
  async run(args) {
    if (!args.given("yes"))
      args.problems.push("--yes is missing: this deletes the board with all its scores, for good");
    if (args.problems.length > 0) throw new UsageError(args.problems);
    await withServices(({ context }) => deleteBoard(context, idOf(args)));
    process.stdout.write(`Deleted board "${idOf(args)}".\n`);
    return 0;
  },
};

/** Only what was given, so that the schema's defaults, or the present settings, stand for the rest. */
function settingsOf(args: Arguments): Record<string, unknown> {
  const tiebreaks = args.list("tiebreak").map((text) => {
    const colon = text.lastIndexOf(":");
    return colon < 0 ? { name: text } : { name: text.slice(0, colon), order: text.slice(colon + 1) };
  });
  const given = {
    name: args.text("name"),
    order: args.text("order"),
    operator: args.text("operator"),
    decimals: wholeNumber(args.text("decimals")),
    tiebreaks: args.given("tiebreak") ? tiebreaks : undefined,
    rankStyle: args.text("rank-style"),
    delivery: args.text("delivery"),
    embedHosts: args
      .text("embed-hosts")
      ?.split(",")
      .map((host) => host.trim())
      .filter(Boolean),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** How the user knows a field of the schemas. */
function labelOf(args: Arguments): (path: PropertyKey[]) => string {
  return ([field, index, part]) => {
    if (field === undefined) return "";
    if (field === "id") return "ID";
    if (field === "rankStyle") return "--rank-style";
    if (field === "embedHosts") return "--embed-hosts";
    if (field !== "tiebreaks") return `--${String(field)}`;
    return index === undefined ? "--tiebreak" : `--tiebreak ${args.list("tiebreak")[Number(index)]}: ${String(part)}`;
  };
}

function idOf(args: Arguments): string {
  return args.positionals[0] ?? "";
}

function described(board: BoardView & Partial<BoardSettings>): string {
  return [
    board.order,
    board.operator,
    `${board.decimals} decimals`,
    ...board.tiebreaks.map(({ name, order }) => `${name}:${order}`),
    board.rankStyle,
    board.delivery,
    ...(board.embedHosts?.length ? [`embedded by ${board.embedHosts.join(" ")}`] : []),
  ].join(", ");
}
