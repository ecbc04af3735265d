import { playerHref } from "@/app/_components/player/player-href";
import { goToPlace } from "@/app/_hooks/go-to-place";
import type { WatchedPlayer as Watched } from "@/app/_hooks/use-watched-player";
import { useTexts } from "@/app/_texts/use-texts";
import { topShare } from "@/lib/domain/percentile";
import type { Formats } from "./formats";
import { placeHref } from "./paging";
import { Rank } from "./rank";
import { FollowButton } from "./tools/follow-button";
import { stayOnPage, WatchLink } from "./watch-link";

interface WatchedPlayerProps {
  boardId: string;
  player: string;
  watched: Watched | "missing";
  page: number;
  /** Whether the table shows the player. */
  here: boolean;
  formats: Formats;
}

/** The watched player's standing. */
export function WatchedPlayer({ boardId, player, watched, page, here, formats }: WatchedPlayerProps) {
  const t = useTexts("board");
  return (
    <section
      aria-label={t("watched")}
      className="card flex items-center gap-2 border-accent py-2.5 pr-1 pl-2 tabular-nums sm:gap-4 sm:pr-2 sm:pl-4"
    >
      {watched === "missing" ? (
        <p className="grow">{t.rich("unknown", { player: <bdi className="font-medium">{player}</bdi> })}</p>
      ) : (
        <>
          <Standing boardId={boardId} watched={watched} here={here} formats={formats} />
          <FollowButton
            boardId={boardId}
            player={player}
            name={watched.entry.name}
            className="-mx-1 sm:-mr-3 sm:ml-0"
          />
        </>
      )}
      <WatchLink page={page} player={null} title={t("stopWatching")} className="button border-transparent px-2">
        <span aria-hidden="true">✕</span>
        <span className="sr-only">{t("stopWatching")}</span>
      </WatchLink>
    </section>
  );
}

type StandingProps = Pick<WatchedPlayerProps, "boardId" | "here" | "formats"> & { watched: Watched };

function Standing({ boardId, watched, here, formats }: StandingProps) {
  const t = useTexts("board");
  const { entry, total, next } = watched;
  const place = placeHref(entry.position, entry.player);
  return (
    <>
      <span className="shrink-0">
        <Rank rank={entry.rank} shared={false} text={formats.whole(entry.rank)} />
      </span>
      <div className="min-w-0 grow">
        <p>
          <a href={playerHref(boardId, entry.player)} title={entry.name} className="flex items-baseline gap-x-3">
            <bdi className="truncate font-semibold max-sm:underline">{entry.name}</bdi>
            <span className="link text-sm max-sm:sr-only">{t("history")}</span>
          </a>
        </p>
        <p className="text-muted text-sm max-sm:line-clamp-2">
          <span className="whitespace-nowrap font-semibold text-ink sm:hidden">{formats.score(entry.score)} </span>
          {next && <Gap next={next} formats={formats} />}
          {entry.rank === 1 && t("inTheLead")}
          <span className="max-sm:hidden">
            {(next || entry.rank === 1) && " · "}
            {t("position", { position: entry.position, total })}
            <Percentile position={entry.position} total={total} />
          </span>
        </p>
      </div>
      <p className="font-semibold text-lg max-sm:hidden">{formats.score(entry.score)}</p>
      <a
        data-jump=""
        href={here ? "#watched-row" : place}
        onClick={here ? undefined : (event) => stayOnPage(event, place) && goToPlace(boardId, entry.position)}
        className="button whitespace-nowrap max-sm:px-2"
      >
        <span className="max-sm:sr-only">{t("showInTable")}</span>
        <span aria-hidden="true" className="sm:hidden">
          ↕
        </span>
      </a>
    </>
  );
}

/** For those in the upper half of a board that is large enough to have one. */
function Percentile({ position, total }: { position: number; total: number }) {
  const t = useTexts("tools");
  const share = topShare(position, total);
  if (share === null) return null;
  const format = new Intl.NumberFormat(t.locale, { style: "percent", maximumFractionDigits: 9 });
  return ` · ${t("top", { percent: format.format(share) })}`;
}

function Gap({ next: { rank, name, gap }, formats }: { next: NonNullable<Watched["next"]>; formats: Formats }) {
  const t = useTexts("board");
  const ahead = { rank, name: <bdi>{name}</bdi> };
  return gap === 0 ? t.rich("tied", ahead) : t.rich("gap", { gap: formats.score(gap), ...ahead });
}
