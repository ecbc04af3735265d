import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import type { Happening, Recorded } from "./history";
import { limits, type Violation } from "./violation";

type Of<T extends Happening["type"]> = Extract<Recorded, { type: T }>;

/** Pages say of themselves what is so: none is live, or polls, on a link that carries nothing, and no board is removed in a run. */
export function checkPages(events: readonly Recorded[]): Violation[] {
  const of = <T extends Happening["type"]>(type: T) => events.filter((event): event is Of<T> => event.type === type);
  const pages = of("page");
  const [broken] = of("link");
  const healedAt = of("healed").at(-1)?.at ?? Number.POSITIVE_INFINITY;
  const gone = new Set(pages.filter((page) => page.gone).map(({ viewer }) => viewer));
  const removed = [...gone].map((viewer) => violation("board stays", `${viewer} said that its board was removed`));
  return [
    ...removed,
    ...(broken ? checkLive(pages, broken, healedAt) : []),
    ...(broken ? [] : checkSources(of("closed"))),
  ];
}

/** Where connections alone are lost, polls go on by others, and a page may be live again on another once it has noticed. */
function checkLive(pages: readonly Of<"page">[], broken: Of<"link">, healedAt: number): Violation[] {
  const late = broken.at + limits.notice;
  const untrue: readonly ConnectionStatus[] = broken.lost === "everything" ? ["live", "polling"] : ["live"];
  return [...new Set(pages.map(({ viewer }) => viewer))].flatMap((viewer) => {
    const own = pages.filter((page) => page.viewer === viewer);
    const statusAt = (at: number) => own.findLast((page) => page.at <= at)?.status;
    const within = (from: number, until: number) =>
      own.filter(({ at }) => at > from && at <= until).map(({ status }) => status);
    const isUntrue = (status: ConnectionStatus | undefined) => status !== undefined && untrue.includes(status);
    const noticed = [statusAt(broken.at), ...within(broken.at, late)].some((status) => !isUntrue(status));
    const after = broken.lost === "everything" ? [statusAt(late), ...within(late, healedAt)] : [];
    const found = noticed ? after.find(isUntrue) : statusAt(late);
    return found ? [violation("status true", `${viewer} was ${found} for too long on a dead link`)] : [];
  });
}

function checkSources(closed: readonly Of<"closed">[]): Violation[] {
  return closed.map(({ viewer }) => violation("source survives", `${viewer} was ended for good`));
}

function violation(invariant: Violation["invariant"], detail: string): Violation {
  return { invariant, detail };
}
