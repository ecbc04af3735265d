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
    <a
      href={pageHref(page, player)}
      title={title}
      className={className}
      onClick={(event) => stayOnPage(event, here(player)) && onPick?.()}
    >
      {children}
    </a>
  );
}

/** Has a plain click change the address instead of loading another page; tells whether it was one. */
export function stayOnPage(event: MouseEvent<HTMLAnchorElement>, href: string): boolean {
  const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (plain) {
    event.preventDefault();
    window.history.pushState(null, "", href);
  }
  return plain;
}

/** Where the page is scrolled to now, watching that player. */
function here(player: string | null): string {
  const query = new URLSearchParams(location.search);
  if (player === null) query.delete("player");
  else query.set("player", player);
  return `?${query}`;
}
