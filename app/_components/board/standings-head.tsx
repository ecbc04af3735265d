import { useTexts } from "@/app/_texts/use-texts";

/** The head of a board's table, which stays in sight. @param columns labels of the tiebreaks */
export function StandingsHead({ columns }: { columns: readonly string[] }) {
  const t = useTexts("board");
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col">{t("rank")}</th>
        <th scope="col">{t("player")}</th>
        <th scope="col">{t("score")}</th>
        {columns.map((label) => (
          <th key={label} scope="col">
            {label}
          </th>
        ))}
      </tr>
    </thead>
  );
}
