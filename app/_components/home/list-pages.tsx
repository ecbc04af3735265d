import { useTexts } from "@/app/_texts/use-texts";

interface ListPagesProps {
  q: string;
  /** Cursor of this page; null on the first. */
  after: string | null;
  next: string | null;
}

export function ListPages({ q, after, next }: ListPagesProps) {
  const t = useTexts("home");
  if (after === null && next === null) return null;
  return (
    <nav aria-label={t("pages")} className="flex flex-wrap gap-3">
      {after !== null && (
        <a href={pageHref(q, null)} className="button">
          {t("firstPage")}
        </a>
      )}
      {next !== null && (
        <a href={pageHref(q, next)} className="button">
          {t("nextPage")}
        </a>
      )}
    </nav>
  );
}

function pageHref(q: string, after: string | null): string {
  const query = new URLSearchParams();
  if (q !== "") query.set("q", q);
  if (after !== null) query.set("after", after);
  return query.size > 0 ? `/?${query}` : "/";
}
