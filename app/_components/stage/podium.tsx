import type { Formats } from "@/app/_components/board/formats";
import { medals } from "@/app/_components/board/rank";
import { useTexts } from "@/app/_texts/use-texts";
import type { Entry } from "@/lib/domain/snapshot";

/** The first in the middle and highest, as on a podium; in the order of the ranks for those who hear it. */
const steps = ["sm:order-2 sm:*:py-[3.6vh]", "sm:order-1 sm:*:py-[2.4vh]", "sm:order-3 sm:*:py-[1.4vh]"];

/** The first three. Whoever arrives on a step is seen to arrive. */
export function Podium({ entries, formats }: { entries: readonly Entry[]; formats: Formats }) {
  const t = useTexts("stage");
  return (
    <ol aria-label={t("podium")} className="grid items-end gap-[1.5vw] sm:grid-cols-3">
      {entries.map((entry, i) => (
        <li key={entry.position} className={steps[i]}>
          <div
            key={entry.player}
            className="card flex items-center gap-3 px-3 py-[1vh] sm:px-[1.5vw] motion-safe:animate-arrive sm:flex-col sm:text-center"
          >
            <span
              className={`flex size-[clamp(2rem,5vh,4rem)] shrink-0 items-center justify-center rounded-full font-bold text-[clamp(1rem,2.6vh,2rem)] text-on-medal ${medals[entry.rank] ?? "bg-sunken text-ink"}`}
            >
              {formats.whole(entry.rank)}
            </span>
            <span className="line-clamp-2 min-w-0 max-w-full grow font-semibold text-[clamp(1rem,min(3.4vh,5vw),3rem)] wrap-anywhere">
              <bdi>{entry.name}</bdi>
            </span>
            <span className="font-bold text-[clamp(1rem,min(3.4vh,5vw),3rem)] text-accent tabular-nums">
              {formats.score(entry.score)}
            </span>
          </div>
        </li>
      ))}
    </ol>
  );
}
