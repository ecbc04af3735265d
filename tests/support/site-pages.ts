/**
 * Every page of the site, in the states that `fillSite` makes: what `npm run screenshots` takes pictures of, and what the
 * tests of accessibility and of languages look through. A new page is a new line.
 */
import type { BrowserContextOptions, Page } from "playwright";
import type { Stage } from "./stage-at";

export interface SitePage {
  /** Of its pictures, and in the names of its tests. */
  name: string;
  path: string;
  /** For organizers. */
  signedIn?: true;
  /** What is done before it is looked at; until then everything it loads has come. */
  prepare?: (page: Page) => Promise<unknown>;
  /** Whether the dark picture shows something that the light one does not; true for few. */
  dark?: true;
}

export const sitePages: readonly SitePage[] = [
  { name: "front-page", path: "/", dark: true },
  { name: "front-page-search", path: "/?q=cup" },
  { name: "front-page-nothing-found", path: "/?q=no+such+board" },
  { name: "board", path: "/boards/grand-prix", dark: true },
  { name: "board-watching", path: "/boards/grand-prix?player=edsger", prepare: seePinned, dark: true },
  { name: "board-search", path: "/boards/grand-prix", prepare: searchPlayers },
  { name: "board-names", path: "/boards/names?player=p8", prepare: seePinned },
  { name: "board-ties", path: "/boards/ties" },
  { name: "board-one-player", path: "/boards/solo?player=ada", prepare: seePinned },
  { name: "board-empty", path: "/boards/autumn-cup" },
  { name: "board-missing", path: "/boards/none" },
  { name: "page-missing", path: "/no/such/page" },
  { name: "player", path: "/boards/grand-prix/players/edsger", dark: true },
  { name: "player-missing", path: "/boards/grand-prix/players/nobody" },
  { name: "race", path: "/boards/grand-prix/race" },
  { name: "race-empty", path: "/boards/autumn-cup/race" },
  { name: "embed", path: "/boards/grand-prix/embed" },
  { name: "stage", path: "/boards/grand-prix/stage", dark: true },
  { name: "stage-empty", path: "/boards/autumn-cup/stage" },
  { name: "overlay", path: "/boards/grand-prix/overlay" },
  { name: "sign-in", path: "/sign-in" },
  { name: "join", path: "/join#token=abc" },
  { name: "join-incomplete", path: "/join" },
  { name: "settings", path: "/settings", signedIn: true, prepare: openAll },
  { name: "settings-board", path: "/settings/boards/grand-prix", signedIn: true, prepare: openAll },
];

/** Opens it, signed in where it is for organizers, and does what is to be done first. */
export async function visitSitePage(
  stage: Pick<Stage, "organizer" | "visit">,
  { path, signedIn, prepare }: SitePage,
  options: BrowserContextOptions,
): ReturnType<Stage["visit"]> {
  const storageState = signedIn ? await stage.organizer.context().storageState() : undefined;
  const visited = await stage.visit(path, {
    reducedMotion: "reduce",
    ...options,
    ...(storageState && { storageState }),
  });
  await visited.page.waitForLoadState("networkidle");
  await prepare?.(visited.page);
  return visited;
}

function seePinned(page: Page): Promise<void> {
  return page.getByRole("region", { name: /^(Watched player|Beobachteter Spieler)$/ }).waitFor();
}

async function searchPlayers(page: Page): Promise<void> {
  await page.keyboard.press("/");
  const search = page.getByRole("search");
  await search.locator("input:focus").waitFor();
  await page.keyboard.type("gr");
  await search.getByRole("listitem").first().waitFor();
}

function openAll(page: Page): Promise<void> {
  return page.locator("details").evaluateAll((all) => {
    for (const details of all) (details as HTMLDetailsElement).open = true;
  });
}
