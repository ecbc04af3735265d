import { CodeSample } from "@/app/_components/code-sample";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import { scoreCommand } from "./score-command";

/** A board without scores: what fills it, ready to paste. */
export default function EmptyBoard({ board, origin }: { board: BoardView; origin: string }) {
  const t = useTexts("board");
  const settings = (
    <a className="link" href="/settings#keys">
      {t("empty.settings")}
    </a>
  );
  return (
    <section className="card flex flex-col gap-4 p-6 sm:p-8">
      <h2 className="font-semibold text-xl">{t("empty.title")}</h2>
      <p className="text-muted">{t.rich("empty.lead", { settings })}</p>
      <CodeSample label={t("empty.command")} text={scoreCommand(board, origin)} />
    </section>
  );
}
