import type { WatchedPlayer as Watched } from "@/app/_hooks/use-watched-player";
import type { Entry } from "@/lib/domain/snapshot";
import type { Formats } from "./formats";
import { pageHref, pageSize } from "./paging";
import { Rank } from "./rank";

interface WatchedPlayerProps {
  player: string;
  watched: Watched | "missing";
  page: number;
  entries: readonly Entry[];
  formats: Formats;
}

/** The watched player's standing, in sight wherever the page is scrolled to. */
export function WatchedPlayer({ player, watched, page, entries, formats }: WatchedPlayerProps) {
  return (
    <section
      aria-label="Watched player"
      className="card sticky bottom-3 z-20 flex items-center gap-3 border-accent py-2.5 pr-2 pl-3 tabular-nums sm:gap-4 sm:pl-4"
    >
      {watched === "missing" ? (
        <p className="grow">
          Nobody here goes by <bdi className="font-medium">{player}</bdi> yet.
        </p>
      ) : (
        <Standing watched={watched} entries={entries} formats={formats} />
      )}
      <a href={pageHref(page, null)} data-player="" className="button border-transparent px-2.5" title="Stop watching">
        <span aria-hidden="true">✕</span>
        <span className="sr-only">Stop watching</span>
      </a>
    </section>
  );
}

type StandingProps = Pick<WatchedPlayerProps, "entries" | "formats"> & { watched: Watched };

function Standing({ watched, entries, formats }: StandingProps) {
  const { entry, total, next } = watched;
  const here = entries.some(({ player }) => player === entry.player);
  return (
    <>
      <Rank rank={entry.rank} shared={false} text={formats.whole(entry.rank)} />
      <div className="min-w-0 grow">
        <p className="truncate font-semibold" title={entry.name}>
          <bdi>{entry.name}</bdi>
        </p>
        <p className="text-muted text-sm max-sm:truncate">
          <span className="font-semibold text-ink sm:hidden">{formats.score(entry.score)} </span>
          {gapText(next, formats)}
          <span className="max-sm:hidden">
            {" "}
            · {formats.whole(entry.position)} of {formats.whole(total)}
          </span>
        </p>
      </div>
      <p className="font-semibold text-lg max-sm:hidden">{formats.score(entry.score)}</p>
      <a
        href={here ? "#watched-row" : `${pageHref(Math.ceil(entry.position / pageSize), entry.player)}#watched-row`}
        className="button whitespace-nowrap max-sm:px-2.5"
      >
        <span>
          Show <span className="max-sm:sr-only">in the table</span>
        </span>
      </a>
    </>
  );
}

function gapText(next: Watched["next"], formats: Formats) {
  if (!next) return "";
  const to = (
    <>
      #{formats.whole(next.rank)} <bdi>{next.name}</bdi>
    </>
  );
  return next.gap === 0 ? (
    <>behind {to} on tiebreaks</>
  ) : (
    <>
      {formats.score(next.gap)} to {to}
    </>
  );
}
