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
  const score = formats.score(entry.score);
  return (
    <tr id={watched ? "watched-row" : undefined} aria-rowindex={entry.position + 1} className="tint-layer relative">
      <td>
        <span className="relative flex items-center sm:gap-2">
          <Rank rank={entry.rank} shared={shared} text={formats.whole(entry.rank)} />
          <MoveMark places={move?.places ?? 0} />
        </span>
      </td>
      <th scope="row">
        <WatchLink page={page} player={entry.player} title={entry.name} className="player-name">
          <bdi>{entry.name}</bdi>
        </WatchLink>
        {columns.length > 0 && (
          <span className="block text-muted text-xs sm:hidden">
            {columns.map((label, i) => (
              <span key={label} className="mr-3 inline-block">
                {label} {formats.tiebreak(entry.tiebreaks[i])}
              </span>
            ))}
          </span>
        )}
      </th>
      <td className={score.length > 12 ? "max-sm:text-sm" : undefined}>
        <span className="inline-block">{score}</span>
      </td>
      {columns.map((label, i) => (
        <td key={label}>{formats.tiebreak(entry.tiebreaks[i])}</td>
      ))}
    </tr>
  );
});
