import type { Formats } from "./formats";
import { pageCount, pageHref, pageSize } from "./paging";

interface PagerProps {
  page: number;
  /** How many entries this page has. */
  shown: number;
  total: number;
  player: string | null;
  formats: Formats;
}

export function Pager({ page, shown, total, player, formats }: PagerProps) {
  const last = pageCount(total);
  if (last === 1 && page === 1) return null;
  const first = (page - 1) * pageSize + 1;
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center justify-between gap-3">
      <p className="text-muted text-sm tabular-nums">
        {shown > 0
          ? `${formats.whole(first)}–${formats.whole(first + shown - 1)} of ${formats.whole(total)}`
          : `Nobody is this far down; the last page is ${formats.whole(last)}.`}
      </p>
      <div className="flex flex-wrap gap-2">
        <PageLink to={1} show={page > 2} player={player} label="First" />
        <PageLink to={Math.min(page - 1, last)} show={page > 1} player={player} label="Previous" />
        <PageLink to={page + 1} show={page < last} player={player} label="Next" />
        <PageLink to={last} show={page < last - 1} player={player} label="Last" />
      </div>
    </nav>
  );
}

function PageLink({ to, show, player, label }: { to: number; show: boolean; player: string | null; label: string }) {
  if (!show) return null;
  return (
    <a href={pageHref(to, player)} className="button">
      {label}
    </a>
  );
}
