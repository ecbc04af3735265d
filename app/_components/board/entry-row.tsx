import { memo } from "react";
import type { Move } from "@/app/_hooks/moves";
import type { Entry } from "@/lib/domain/snapshot";
import type { Formats } from "./formats";
import { MoveMark } from "./move-mark";
import { Rank } from "./rank";
import { WatchLink } from "./watch-link";

interface EntryRowProps {
  entry: Entry;
  /** Whether a neighbour has the same rank. */
  shared: boolean;
  move: Move | undefined;
  /** Labels of the tiebreaks. */
  columns: readonly string[];
  formats: Formats;
  watched: boolean;
  page: number;
}

/** Every prop keeps its identity while nothing changes, so a row renders only when it has something new to say. */
export const EntryRow = memo(function EntryRow(props: EntryRowProps) {
  const { entry, shared, move, columns, formats, watched, page } = props;
  const cell = `border-line border-b px-1.5 py-2 sm:px-3 sm:py-2.5 group-last:border-b-0 ${watched ? "bg-accent-soft" : "bg-surface"}`;
  const score = formats.score(entry.score);
  return (
    <tr
      id={watched ? "watched-row" : undefined}
      aria-rowindex={entry.position + 1}
      className="group tint-layer relative tabular-nums"
    >
      <td className={`${cell} whitespace-nowrap pl-3 max-sm:py-3 sm:pl-6`}>
        <span className="relative flex items-center sm:gap-2">
          <Rank rank={entry.rank} shared={shared} text={formats.whole(entry.rank)} />
          <MoveMark places={move?.places ?? 0} />
        </span>
      </td>
      <th scope="row" className={`${cell} w-full min-w-0 font-normal`}>
        <WatchLink
          page={page}
          player={entry.player}
          title={entry.name}
          className="line-clamp-2 rounded-sm wrap-anywhere font-medium hover:underline hover:underline-offset-4"
        >
          <bdi>{entry.name}</bdi>
        </WatchLink>
        {columns.length > 0 && (
          <span className="block text-muted text-xs sm:hidden">
            {columns.map((label, i) => (
              <span key={label} className="mr-3 inline-block">
                {label} {formats.tiebreak(entry.tiebreaks[i] ?? 0)}
              </span>
            ))}
          </span>
        )}
      </th>
      <td
        className={`${cell} whitespace-nowrap text-right font-semibold ${score.length > 12 ? "max-sm:text-sm" : ""} ${columns.length > 0 ? "max-sm:pr-4" : "pr-4 sm:pr-6"}`}
      >
        <span className="inline-block">{score}</span>
      </td>
      {columns.map((label, i) => (
        <td
          key={label}
          className={`${cell} whitespace-nowrap text-right text-muted max-sm:hidden ${i === columns.length - 1 ? "pr-6" : ""}`}
        >
          {formats.tiebreak(entry.tiebreaks[i] ?? 0)}
        </td>
      ))}
    </tr>
  );
});
