import type { Metadata } from "next";
import { NoticePage } from "@/app/_components/site/notice-page";
import { getTexts } from "@/app/_texts/get-texts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("missing");
  return { title: t("board.title") };
}

export default async function BoardNotFound() {
  const t = await getTexts("missing");
  return (
    <NoticePage title={t("board.title")}>
      <p className="text-muted">{t("board.lead")}</p>
      <a href="/" className="button button-primary">
        {t("seeBoards")}
      </a>
    </NoticePage>
  );
}
