import type { Metadata } from "next";
import { JoinByLink } from "@/app/_components/settings/join-by-link";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("account");
  return { title: t("join"), robots: { index: false } };
}

export default function JoinPage() {
  return (
    <PageTexts groups={["account", "form"]}>
      <JoinByLink />
    </PageTexts>
  );
}
