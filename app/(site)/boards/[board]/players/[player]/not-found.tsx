import type { Metadata } from "next";
import { FindAnother } from "@/app/_components/player/find-another";
import { NoticePage } from "@/app/_components/site/notice-page";
import { getTexts } from "@/app/_texts/get-texts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("player");
  return { title: t("unknown.title") };
}

export default async function PlayerNotFound() {
  const t = await getTexts("player");
  return (
    <NoticePage title={t("unknown.title")}>
      <p className="text-muted">{t("unknown.lead")}</p>
      <FindAnother />
    </NoticePage>
  );
}
