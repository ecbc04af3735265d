import type { TimeTravel } from "@/app/_hooks/use-time-travel";
import { useTexts } from "@/app/_texts/use-texts";
import { type Marks, type Moment, markOf, momentOf, type Speed, speeds } from "./marks";

interface TimeBarProps {
  marks: Marks;
  moment: Moment;
  /** The moment in words. */
  text: string;
  travel: TimeTravel;
}

/** Leads through the season: by hand, or by itself. Stays in sight while somebody reads the table below. */
export function TimeBar({ marks, moment, text, travel }: TimeBarProps) {
  const t = useTexts("race");
  const { playing, speed } = travel;
  return (
    <section
      aria-label={t("bar")}
      data-time-bar
      className="card sticky top-2 z-20 flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 sm:px-4"
    >
      <PlayButton playing={playing} onPress={playing ? travel.pause : travel.play} />
      <input
        type="range"
        min={0}
        max={marks.length - 1}
        value={Math.max(0, markOf(marks, moment))}
        aria-label={t("moment")}
        aria-valuetext={text}
        className="h-10 min-w-32 grow basis-0 cursor-pointer accent-accent"
        onChange={(event) => travel.goTo(momentOf(marks, event.target.valueAsNumber))}
      />
      <div className="flex grow items-center justify-end gap-3 sm:grow-0">
        <p className="min-w-0 grow text-sm tabular-nums sm:w-48">{text}</p>
        <select
          aria-label={t("speed")}
          value={speed}
          className="h-10 rounded-lg border border-line-strong bg-surface px-2"
          onChange={(event) => travel.setSpeed(Number(event.target.value) as Speed)}
        >
          {speeds.map((times) => (
            <option key={times} value={times}>
              {t("times", { times })}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="button px-3 aria-disabled:opacity-60"
          aria-disabled={moment === null}
          onClick={() => travel.goTo(null)}
        >
          {t("now")}
        </button>
      </div>
    </section>
  );
}

function PlayButton({ playing, onPress }: { playing: boolean; onPress(): void }) {
  const t = useTexts("race");
  const text = t(playing ? "pause" : "play");
  return (
    <button type="button" className="button button-primary size-10 shrink-0 p-0" title={text} onClick={onPress}>
      <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4 fill-current">
        <path d={playing ? "M3 2h4v12H3zM9 2h4v12H9z" : "M4 2l10 6-10 6z"} />
      </svg>
      <span className="sr-only">{text}</span>
    </button>
  );
}
