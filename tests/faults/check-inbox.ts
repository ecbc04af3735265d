import type { Happening, Recorded } from "./history";
import type { StoredItem } from "./inbox-truth";
import { limits, type Violation } from "./violation";

type Of<T extends Recorded["type"]> = Extract<Recorded, { type: T }>;

const topRanks = 10;
/** The clocks of Postgres and of the run are compared through a question and its answer. */
const clockMs = 100;

/** Every item is shown once, tells something that can have been, and nothing that lasts is left untold. */
export function checkInbox(events: readonly Recorded[]): Violation[] {
  const of = <T extends Recorded["type"]>(type: T) => events.filter((event): event is Of<T> => event.type === type);
  const inboxes = of("inbox");
  // Items were lost with the commits, some of them after they had been shown.
  const isWhole = of("lost").length === 0;
  return [
    ...(isWhole ? checkShown(of("shown"), inboxes) : []),
    ...(isWhole ? inboxes.flatMap((inbox) => checkBoard(inbox, events)) : []),
    ...of("judged").flatMap(({ players }) =>
      players
        .filter(({ rank, judged }) => rank !== judged)
        .map(({ board, player, rank, judged }) => {
          const detail = `${player} on ${board} is at ${rank} and was judged at ${judged ?? "other values"}`;
          return { invariant: "inbox judged" as const, detail };
        }),
    ),
    ...of("overtaken").flatMap((overtaken) => checkOvertaken(overtaken, inboxes, of("shown"))),
  ];
}

function checkShown(shown: readonly Of<"shown">[], inboxes: readonly Of<"inbox">[]): Violation[] {
  const found = (detail: string): Violation => ({ invariant: "inbox shown once", detail });
  const violations: Violation[] = [];
  const times = new Map<number, number>();
  for (const { id } of shown) times.set(id, (times.get(id) ?? 0) + 1);
  const stored = new Map(
    inboxes.flatMap(({ board, items }) => items.map((item) => [item.id, { ...item, board }] as const)),
  );
  for (const [id, count] of times) if (count > 1) violations.push(found(`item ${id} was shown ${count} times`));
  for (const { id, board, player, kind } of shown) {
    const item = stored.get(id);
    if (item?.board !== board || item.player !== player || item.kind !== kind) {
      violations.push(found(`item ${id}, ${kind} of ${player} on ${board}, was shown and is not stored`));
    }
  }
  for (const [id, { board, player, kind, acknowledged }] of stored) {
    const what = `item ${id}, ${kind} of ${player} on ${board},`;
    if (!times.has(id)) violations.push(found(`${what} was never shown`));
    else if (!acknowledged) violations.push(found(`${what} was shown and stayed unacknowledged`));
  }
  return violations;
}

function checkBoard({ board, items, ranks }: Of<"inbox">, events: readonly Recorded[]): Violation[] {
  const players = new Set(items.map(({ player }) => player));
  return [...players].flatMap((player) => {
    const own = items.filter((item) => item.player === player).sort((a, b) => a.id - b.id);
    const rank = ranks.find((one) => one.player === player)?.rank;
    return [
      ...own.filter((item) => !isPossible(item)).map((item) => `${nameOf(item)} cannot have been`),
      ...checkTop(own, rank),
      ...checkMoves(board, player, own, events),
    ].map((what): Violation => ({ invariant: "inbox true", detail: `${player} on ${board}: ${what}` }));
  });
}

function isPossible({ kind, rank, previousRank }: StoredItem): boolean {
  if (kind === "passed") return rank > previousRank;
  if (kind === "entered-top") return rank <= topRanks && previousRank > topRanks;
  if (kind === "left-top") return rank > topRanks && previousRank <= topRanks;
  return rank === 1 && previousRank > 1;
}

/** In and out take turns, and the last of them is how it is. */
function checkTop(items: readonly StoredItem[], rank: number | undefined): string[] {
  const turns = items.filter(({ kind }) => kind === "entered-top" || kind === "left-top");
  const wrong = turns
    .filter(({ kind }, i) => kind === turns[i - 1]?.kind)
    .map((item) => `${nameOf(item)} follows another of the same`);
  const last = turns.at(-1);
  if (last && rank !== undefined && (last.kind === "entered-top") !== rank <= topRanks) {
    wrong.push(`${nameOf(last)} is the last word, and the rank is ${rank}`);
  }
  return wrong;
}

/**
 * From one look to the next that was told of, a rank moves without a word only by a score of the player's own; and for
 * the better where others may get worse. It follows that nobody is first twice without having been passed meanwhile,
 * but for their own doing.
 */
function checkMoves(board: string, player: string, items: readonly StoredItem[], events: readonly Recorded[]) {
  const rules = events.find((event): event is Of<"board"> => event.type === "board" && event.board === board);
  const wrong: string[] = [];
  for (const [i, item] of items.entries()) {
    const before = items[i - 1];
    if (!before) continue;
    const isSameLook = item.position === before.position;
    if (isSameLook && item.kind === before.kind) wrong.push(`${nameOf(item)} was told twice`);
    if (isSameLook && item.rank === before.rank && item.previousRank === before.previousRank) continue;
    if (item.previousRank === before.rank) continue;
    if (item.previousRank < before.rank && rules?.operator === "set") continue;
    if (!postedBetween(events, { board, player, after: before.created, before: item.created })) {
      wrong.push(`${nameOf(item)} follows ${nameOf(before)} without a word of what came between`);
    }
  }
  return wrong;
}

interface Span {
  board: string;
  player: string;
  after: number;
  before: number;
}

/** Whether a score of the player's own may have been stored then. */
function postedBetween(events: readonly Recorded[], { board, player, after, before }: Span): boolean {
  const posts = events.filter(
    (event): event is Extract<Happening, { type: "post" }> & { at: number } =>
      event.type === "post" && event.board === board && event.items.some((item) => item.player === player),
  );
  return posts.some(({ key, at }) => {
    const answer = events.find((event) => event.type === "answer" && event.key === key);
    return at <= before + clockMs && (answer === undefined || answer.at >= after - clockMs);
  });
}

/** A last post put somebody ahead of everyone: each is told so once, and in time. */
function checkOvertaken(
  { board, since, newest, players }: Of<"overtaken">,
  inboxes: readonly Of<"inbox">[],
  shown: readonly Of<"shown">[],
): Violation[] {
  const items = inboxes.find((inbox) => inbox.board === board)?.items ?? [];
  const violations: Violation[] = [];
  for (const { player, rank } of players) {
    const told = items.filter((item) => item.player === player && item.kind === "passed" && item.id > newest);
    const where = `${player} on ${board}, overtaken at rank ${rank},`;
    const [first] = told;
    const at = shown.find(({ id }) => id === first?.id)?.at ?? Number.POSITIVE_INFINITY;
    if (told.length !== 1 || first?.rank !== rank + 1 || first.previousRank !== rank) {
      const detail = `${where} was told ${told.map(nameOf).join(", ") || "nothing"}`;
      violations.push({ invariant: "inbox judged", detail });
    } else if (at - since > limits.inbox) {
      violations.push({ invariant: "inbox judged", detail: `${where} was told too late, or never` });
    }
  }
  return violations;
}

function nameOf({ id, kind, rank, previousRank, position }: StoredItem): string {
  return `${kind} ${previousRank} to ${rank} (item ${id}, ${position})`;
}
