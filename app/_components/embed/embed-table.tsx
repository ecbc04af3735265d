import { useRef } from "react";
import type { Formats } from "@/app/_components/board/formats";
import { Rank } from "@/app/_components/board/rank";
import { useRowMotion } from "@/app/_hooks/use-row-motion";
import { useTexts } from "@/app/_texts/use-texts";
import type { Entry } from "@/lib/domain/snapshot";

interface EmbedTableProps {
  /** Of the board. */
  name: string;
  entries: readonly Entry[];
  /** Marked where they are among the rows. */
  player: string | null;
  formats: Formats;
}

/** Rank, name and score, as close together as they can be read. */
export function EmbedTable({ name, entries, player, formats }: EmbedTableProps) {
  const t = useTexts("board");
  const body = useRef<HTMLTableSectionElement>(null);
  useRowMotion(body, entries);
  const shared = (i: number) => entries[i]?.rank === entries[i - 1]?.rank || entries[i]?.rank === entries[i + 1]?.rank;
  const head = "border-line border-y bg-sunken py-1 font-medium";
  return (
    <table className="w-full border-separate border-spacing-0 text-left tabular-nums">
      <caption className="sr-only">{t("caption", { board: name })}</caption>
      <thead className="sticky top-0 z-10 text-muted text-xs">
        <tr>
          <th scope="col" className={`${head} w-0 whitespace-nowrap pl-3`}>
            {t("rank")}
          </th>
          <th scope="col" className={`${head} px-2`}>
            {t("player")}
          </th>
          <th scope="col" className={`${head} w-0 whitespace-nowrap pr-3 text-right`}>
            {t("score")}
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {entries.map((entry, i) => (
          <EmbedRow
            key={entry.position}
            entry={entry}
            shared={shared(i)}
            marked={entry.player === player}
            formats={formats}
          />
        ))}
      </tbody>
    </table>
  );
}

function EmbedRow({
  entry,
  shared,
  marked,
  formats,
}: {
  entry: Entry;
  shared: boolean;
  marked: boolean;
  formats: Formats;
}) {
  const cell = `border-line border-b py-0.5 ${marked ? "bg-accent-soft" : "bg-surface"}`;
  const score = formats.score(entry.score);
  return (
    <tr aria-current={marked || undefined} className="tint-layer relative">
      <td className={`${cell} pl-2 ${marked ? "shadow-[inset_3px_0_0] shadow-accent" : ""}`}>
        <Rank rank={entry.rank} shared={shared} text={formats.whole(entry.rank)} />
      </td>
      <th
        scope="row"
        title={entry.name}
        className={`${cell} w-full max-w-0 truncate px-2 ${marked ? "font-bold" : "font-medium"}`}
      >
        <bdi>{entry.name}</bdi>
      </th>
      <td className={`${cell} whitespace-nowrap pr-3 text-right font-semibold ${score.length > 12 ? "text-xs" : ""}`}>
        {score}
      </td>
    </tr>
  );
}
