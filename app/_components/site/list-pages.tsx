interface ListPagesProps {
  /** Of the page that has the list. */
  path: string;
  q: string;
  /** Cursor of this page; null on the first. */
  after: string | null;
  next: string | null;
  texts: { pages: string; first: string; next: string };
}

/** Links to the other pages of a list that is too long for one. */
export function ListPages({ path, q, after, next, texts }: ListPagesProps) {
  if (after === null && next === null) return null;
  return (
    <nav aria-label={texts.pages} className="flex flex-wrap gap-3">
      {after !== null && (
        <a href={pageHref(path, q, null)} className="button">
          {texts.first}
        </a>
      )}
      {next !== null && (
        <a href={pageHref(path, q, next)} className="button">
          {texts.next}
        </a>
      )}
    </nav>
  );
}

function pageHref(path: string, q: string, after: string | null): string {
  const query = new URLSearchParams();
  if (q !== "") query.set("q", q);
  if (after !== null) query.set("after", after);
  return query.size > 0 ? `${path}?${query}` : path;
}
