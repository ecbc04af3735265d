import type { MouseEvent, ReactNode } from "react";
import { pageHref } from "./paging";

interface WatchLinkProps {
  page: number;
  /** Null stops watching. */
  player: string | null;
  title: string;
  className: string;
  onPick?: () => void;
  children: ReactNode;
}

/** Picks the player to watch. A link like any other, but in the open page it only changes the address. */
export function WatchLink({ page, player, title, className, onPick, children }: WatchLinkProps) {
  return (
    <a href={pageHref(page, player)} title={title} className={className} onClick={(event) => stayOnPage(event, onPick)}>
      {children}
    </a>
  );
}

function stayOnPage(event: MouseEvent<HTMLAnchorElement>, onPick?: () => void) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  window.history.pushState(null, "", event.currentTarget.href);
  onPick?.();
}
