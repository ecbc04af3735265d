/** Boards for whoever looks at pages rather than at changes: one for each state that a board can be in. */
import { fillBySql } from "./large-board";
import type { Stage } from "./stage-at";

type Filled = Pick<Stage, "createBoard" | "post">;

/** What people call themselves: every direction, every width, and things one cannot see. 128 characters at most. */
export const namesOfAllKinds = [
  "Ada",
  "مريم ميرزاخاني",
  "\u202eright to left by force",
  "👩‍🚀 Valentina 👨‍👩‍👧‍👦🏳️‍🌈",
  "名無しの権兵衛",
  "अमर्त्य सेन",
  "zero\u200bwidth\u200d\u2060everywhere\ufeff",
  "Z͑̓a̴l̵g̷o̸ ͎c̞o̟m̠b̡i̢ṇȩs",
  "x".repeat(128),
  "勝".repeat(128),
  "🏆".repeat(64),
  "A B ".repeat(32).trim(),
  "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  "חברת הדסקים בע״מ 2024 (Team B)",
];

const racers = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Tony", "Radia", "Niklaus", "Margaret"];

export async function fillSite(stage: Filled): Promise<void> {
  const byFewest = (name: string) => [{ name, order: "asc" }];
  await stage.createBoard({ id: "autumn-cup", name: "Autumn Cup" });
  await stage.createBoard({ id: "solo", name: "Long jump" });
  await stage.post("solo", [{ player: "ada", name: "Ada", score: 871 }]);
  await stage.createBoard({ id: "ties", name: "Spring Quiz" });
  const tied = [90, 90, 80, 80, 80, 70, 60, 60];
  await stage.post(
    "ties",
    tied.map((score, i) => ({ player: `p${i}`, name: racers[i], score })),
  );
  const longName = "The long and winding championship of everything, 全部の選手権, بطولة كل شيء";
  await stage.createBoard({ id: "names", name: longName, tiebreaks: byFewest("penaltyMinutes") });
  const named = namesOfAllKinds.map((name, i) => {
    return { player: `p${i}`, name, score: 9_000_000_000_000_000 - i, tiebreaks: [i] };
  });
  await stage.post("names", named);
  const prix = { order: "asc", decimals: 3, tiebreaks: byFewest("crashes"), delivery: "sse" };
  await stage.createBoard({ id: "grand-prix", name: "Grand Prix", ...prix });
  const laps = racers.map((name, i) => {
    return { player: name.toLowerCase(), name, score: (60_980 + 217 * i + 31 * (i % 3)) / 1_000, tiebreaks: [i % 3] };
  });
  await stage.post("grand-prix", laps);
}

/** To be removed while somebody looks on. */
export async function addDoomed(stage: Filled): Promise<void> {
  await stage.createBoard({ id: "doomed", name: "Yesterday's Final" });
  await stage.post("doomed", [{ player: "ada", name: "Ada", score: 12 }]);
}

export async function addMillion(stage: Filled, databaseUrl: string): Promise<void> {
  await stage.createBoard({ id: "million", name: "A Million Players" });
  await fillBySql(databaseUrl, "million", 1_000_000);
}
