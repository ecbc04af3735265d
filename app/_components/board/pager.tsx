import { useTexts } from "@/app/_texts/use-texts";
import { pageCount, pageHref, pageSize } from "./paging";
import { stayOnPage } from "./watch-link";

interface PagerProps {
  page: number;
  /** How many entries this page has. */
  shown: number;
  total: number;
  player: string | null;
}

/** Ways to the rest of the board: pages without JavaScript, with it places to which the table scrolls. */
export default function Pager({ page, shown, total, player }: PagerProps) {
  const t = useTexts("board");
  const last = pageCount(total);
  const first = (page - 1) * pageSize + 1;
  return (
    <nav aria-label={t("pages")} className="flex flex-wrap items-center justify-between gap-3">
      <p className="text-muted text-sm tabular-nums">
        {shown > 0 ? t("shown", { first, last: first + shown - 1, total }) : t("tooFar", { last })}
      </p>
      <div className="flex flex-wrap gap-2">
        <PageLink to={1} show={page > 2} player={player} label={t("first")} />
        <PageLink to={Math.min(page - 1, last)} show={page > 1} player={player} label={t("previous")} />
        <PageLink to={page + 1} show={page < last} player={player} label={t("next")} />
        <PageLink to={last} show={page < last - 1} player={player} label={t("last")} />
      </div>
    </nav>
  );
}

function PageLink({ to, show, player, label }: { to: number; show: boolean; player: string | null; label: string }) {
  if (!show) return null;
  const href = pageHref(to, player);
  return (
    <a href={href} className="button" onClick={(event) => stayOnPage(event, href)}>
      {label}
    </a>
  );
}
