/** A real contest of five hours, replayed in a quarter of a minute, as all kinds of viewers see it, and what they end with. */
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Entry } from "@/lib/domain/snapshot";
import { poll } from "@/lib/embedded/deadline";
import { type CommandEnd, rungs } from "@/tests/support/command";
import { contestDir, expectedPlacings, placings, readBoard } from "@/tests/support/contest";
import { openStage, type Stage, waitForStatus } from "@/tests/support/stage";
import { tempFolder } from "@/tests/support/temp-folder";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(() => stage?.close());

async function startReplay(): Promise<{ ended: Promise<CommandEnd> }> {
  const scopes = ["scores:write", "boards:manage"];
  const { key } = (await stage.ask("POST", "/api/v1/keys", { name: "Contest", scopes })) as { key: string };
  const args = ["replay", contestDir, "--board", "icpc", "--url", stage.server.url, "--key", key, "--speed", "1200"];
  const ended = rungs(args, { DATA_DIR: await tempFolder() });
  const isThere = async () => (await fetch(`${stage.server.url}/api/v1/boards/icpc`)).ok || undefined;
  await poll(isThere, 20_000, 50);
  return { ended };
}

interface Row {
  position: number;
  name: string;
  score: string;
}

/** The rows that are rendered, with the places that they say they are at. */
function rowsOf(page: Page): Promise<Row[]> {
  return page.locator("tbody tr[aria-rowindex]").evaluateAll((rows) => {
    return (rows as HTMLTableRowElement[]).map((row) => {
      const [, name = "", score = ""] = [...row.cells].map(
        (cell) => cell.querySelector("bdi, span")?.textContent ?? "",
      );
      return { position: Number(row.getAttribute("aria-rowindex")) - 1, name, score };
    });
  });
}

async function expectTruth(page: Page, truth: readonly Entry[], count: number): Promise<void> {
  const rightRows = async () => {
    const rows = await rowsOf(page);
    const isRight = ({ position, name, score }: Row) => {
      const entry = truth[position - 1];
      return entry?.name === name && String(entry.score) === score;
    };
    return (rows.length >= count && rows.every(isRight)) || undefined;
  };
  if (await poll(rightRows, 12_000, 100)) return;
  const rows = await rowsOf(page);
  expect(rows.map(({ name }) => name)).toEqual(rows.map(({ position }) => truth[position - 1]?.name));
  throw new Error(`${rows.length} rows, of at least ${count}`);
}

it("shows a real contest to its end, right to the last row, by stream and by polling, at the top and in the middle", async () => {
  const [winner] = expectedPlacings();
  const { ended } = await startReplay();
  await stage.ask("PATCH", "/api/v1/boards/icpc", { delivery: "sse" });
  const streamed = await stage.visit(`/boards/icpc?player=${winner?.player}`);
  const polled = await stage.visit("/healthz");
  await polled.page.route("**/stream?*", (route) => route.abort());
  await polled.page.goto(`${stage.server.url}/boards/icpc`);
  const middle = await stage.visit("/boards/icpc?at=1000");
  const race = await stage.visit("/boards/icpc/race");
  const hall = await stage.visit("/boards/icpc/stage");

  // While it goes on: rows that moved say so, and the team that is watched is always there.
  await waitForStatus(streamed.page, "live");
  await streamed.page.locator("tbody td:first-child .move-mark").getByText(/\d/).first().waitFor();
  const card = streamed.page.getByRole("region", { name: "Watched player" });
  await card.waitFor();

  expect(await ended).toMatchObject({ code: 0 });
  const final = async () => {
    const entries = await readBoard(stage.server.url, "icpc");
    return JSON.stringify(placings(entries)) === JSON.stringify(expectedPlacings()) ? entries : undefined;
  };
  const truth = (await poll(final, 10_000, 100)) ?? [];
  await expectTruth(streamed.page, truth, 30);
  await expectTruth(polled.page, truth, 30);
  await expectTruth(middle.page, truth, 20);
  await card.getByText("1 of 2,353").waitFor();
  await waitForStatus(streamed.page, "live");

  const leaders = truth.slice(0, 10).map(({ name }) => name);
  for (const name of leaders) await race.page.locator("figure").getByText(name, { exact: true }).first().waitFor();
  await hall.page
    .getByRole("list")
    .getByText(leaders[0] ?? "", { exact: true })
    .waitFor();

  const complaints = [streamed, middle, race, hall].flatMap((visit) => visit.complaints);
  // Of a team that is watched before its first accepted problem the board knows nothing yet.
  expect(complaints.filter((text) => !text.includes("status of 404"))).toEqual([]);
}, 120_000);
