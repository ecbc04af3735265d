import type { Formats } from "@/app/_components/board/formats";
import { seriesColor } from "@/app/_components/chart/plot-lines";
import { useTexts } from "@/app/_texts/use-texts";
import type { Colors } from "./colors";
import type { Racer } from "./race-lines";

interface RaceLegendProps {
  title: string;
  /** In the order of that moment. */
  racers: readonly Racer[];
  colors: Colors;
  /** Of that moment; null where only the scores are known. */
  ranks: ReadonlyMap<string, number> | null;
  formats: Formats;
  highlighted: string | null;
  pinned: string | null;
  /** Told which entry somebody points at or has focused; null when none. */
  onPlace(place: number | null): void;
  onPin(player: string): void;
}

/** Whose line is which, and how they stood. Entries belong to places, as rows do, so that the focus stays where it is. */
export function RaceLegend(props: RaceLegendProps) {
  const { title, racers, colors, ranks, formats, highlighted, pinned, onPlace, onPin } = props;
  const t = useTexts("race");
  return (
    <div className="mt-3 text-sm tabular-nums">
      <p className="px-2 text-muted">{title}</p>
      <ol className="mt-1 gap-x-6 sm:columns-2">
        {racers.map(({ player, name, score }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries belong to places
          <li key={place} className="break-inside-avoid">
            <button
              type="button"
              aria-pressed={player === pinned}
              className={`flex min-h-8 w-full items-center gap-2.5 rounded-md px-2 py-1 text-left hover:bg-sunken focus-visible:-outline-offset-2 ${player === highlighted ? "bg-sunken font-semibold" : ""}`}
              onPointerEnter={() => onPlace(place)}
              onPointerLeave={() => onPlace(null)}
              onFocus={() => onPlace(place)}
              onBlur={() => onPlace(null)}
              onClick={() => onPin(player)}
            >
              <span
                aria-hidden="true"
                className="h-1 w-5 shrink-0 rounded-full"
                style={{ background: seriesColor(colors.get(player) ?? 0) }}
              />
              <span className="min-w-5 text-muted">{rankText(ranks?.get(player), formats)}</span>
              <bdi title={name} className="min-w-0 grow truncate">
                {name}
              </bdi>
              <span className="font-semibold">{score === null ? "–" : formats.score(score)}</span>
            </button>
          </li>
        ))}
      </ol>
      <p className="mt-1 px-2 text-muted text-xs">{t("hint")}</p>
    </div>
  );
}

function rankText(rank: number | undefined, formats: Formats): string {
  return rank === undefined ? "" : formats.whole(rank);
}
