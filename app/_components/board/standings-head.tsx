import { useTexts } from "@/app/_texts/use-texts";

/** The head of a board's table, which stays in sight. @param columns labels of the tiebreaks */
export function StandingsHead({ columns }: { columns: readonly string[] }) {
  const t = useTexts("board");
  return (
    <thead className="sticky top-(--bar,0px) z-10 text-muted text-xs sm:text-sm">
      <tr aria-rowindex={1}>
        <HeaderCell className="w-0 pl-3 sm:pl-6">{t("rank")}</HeaderCell>
        <HeaderCell>{t("player")}</HeaderCell>
        <HeaderCell className={`text-right ${columns.length > 0 ? "max-sm:pr-4" : "pr-4 sm:pr-6"}`}>
          {t("score")}
        </HeaderCell>
        {columns.map((label, i) => (
          <HeaderCell key={label} className={`text-right max-sm:hidden ${i === columns.length - 1 ? "pr-6" : ""}`}>
            {label}
          </HeaderCell>
        ))}
      </tr>
    </thead>
  );
}

function HeaderCell({ className = "", children }: { className?: string; children: string }) {
  return (
    <th
      scope="col"
      className={`whitespace-nowrap border-line border-b bg-surface px-1.5 py-2.5 font-medium sm:px-3 ${className}`}
    >
      {children}
    </th>
  );
}
