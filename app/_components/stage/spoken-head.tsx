import { useTexts } from "@/app/_texts/use-texts";

/** The head of a table whose columns speak for themselves to those who see them. */
export function SpokenHead() {
  const t = useTexts("board");
  return (
    <thead className="sr-only">
      <tr>
        <th scope="col">{t("rank")}</th>
        <th scope="col">{t("player")}</th>
        <th scope="col">{t("score")}</th>
      </tr>
    </thead>
  );
}
