import { columnLabel, type Formats } from "@/app/_components/board/formats";
import { Rank } from "@/app/_components/board/rank";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import type { Entry, PlayerStanding } from "@/lib/domain/snapshot";
import { playerHref, watchHref } from "./player-href";

interface NeighboursProps {
  board: BoardView;
  standing: PlayerStanding;
  formats: Formats;
}

/** Who stands around the player, each with a way to their page. */
export function Neighbours({ board, standing: { entry, around }, formats }: NeighboursProps) {
  const t = useTexts("player");
  const tBoard = useTexts("board");
  const head = "border-line border-b bg-surface px-2 py-2.5 font-medium sm:px-3";
  return (
    <section>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="font-semibold text-xl">{t("around")}</h2>
        <a href={watchHref(board.id, entry.player)} className="button min-h-8 px-3 py-1 text-sm">
          {t("watch")}
        </a>
      </div>
      <div className="card overflow-clip">
        <table className="w-full border-separate border-spacing-0 text-left tabular-nums">
          <caption className="sr-only">{t.rich("around.caption", { player: <bdi>{entry.name}</bdi> })}</caption>
          <thead className="text-muted text-xs sm:text-sm">
            <tr>
              <th scope="col" className={`${head} w-0 pl-3 sm:pl-6`}>
                {tBoard("rank")}
              </th>
              <th scope="col" className={head}>
                {tBoard("player")}
              </th>
              <th scope="col" className={`${head} pr-4 text-right sm:pr-6`}>
                {tBoard("score")}
              </th>
              {board.tiebreaks.map(({ name }) => (
                <th key={name} scope="col" className={`${head} pr-4 text-right max-sm:hidden sm:pr-6`}>
                  {columnLabel(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {around.map((one, i) => (
              <Neighbour
                key={one.player}
                board={board}
                entry={one}
                shared={around[i - 1]?.rank === one.rank || around[i + 1]?.rank === one.rank}
                self={one.player === entry.player}
                formats={formats}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface NeighbourProps {
  board: BoardView;
  entry: Entry;
  shared: boolean;
  self: boolean;
  formats: Formats;
}

function Neighbour({ board, entry, shared, self, formats }: NeighbourProps) {
  const cell = `border-line border-b px-2 py-2 group-last:border-b-0 sm:px-3 ${self ? "bg-accent-soft" : ""}`;
  const name = <bdi className="wrap-anywhere line-clamp-2">{entry.name}</bdi>;
  return (
    <tr className="group">
      <td className={`${cell} whitespace-nowrap pl-3 sm:pl-6`}>
        <Rank rank={entry.rank} shared={shared} text={formats.whole(entry.rank)} />
      </td>
      <th scope="row" className={`${cell} w-full font-medium`} aria-current={self ? "true" : undefined}>
        {self ? (
          name
        ) : (
          <a
            href={playerHref(board.id, entry.player)}
            title={entry.name}
            className="block rounded-sm hover:underline hover:underline-offset-4 max-sm:py-1"
          >
            {name}
          </a>
        )}
      </th>
      <td className={`${cell} whitespace-nowrap pr-4 text-right font-semibold sm:pr-6`}>
        {formats.score(entry.score)}
      </td>
      {board.tiebreaks.map(({ name: column }, i) => (
        <td key={column} className={`${cell} whitespace-nowrap pr-4 text-right text-muted max-sm:hidden sm:pr-6`}>
          {formats.tiebreak(entry.tiebreaks[i])}
        </td>
      ))}
    </tr>
  );
}
