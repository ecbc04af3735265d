import type { Metadata } from "next";
import { JoinForm } from "@/app/_components/settings/join-form";
import { NarrowPage } from "@/app/_components/site/narrow-page";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";

/** The address holds a one-time token: it is told to nobody. */
export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("account");
  return { title: t("join"), robots: { index: false }, referrer: "no-referrer" };
}

export default async function JoinPage({ searchParams }: PageProps<"/join">) {
  const t = await getTexts("account");
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return <NarrowPage title={t("join.incomplete")} lead={t("join.incomplete.lead")} />;
  }
  return (
    <NarrowPage title={t("join.title")} lead={t("join.lead")}>
      <PageTexts groups={["account", "form"]}>
        <JoinForm token={token} />
      </PageTexts>
    </NarrowPage>
  );
}
