import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { SignInForm } from "@/app/_components/settings/sign-in-form";
import { NarrowPage } from "@/app/_components/site/narrow-page";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import { readOrganizer } from "@/lib/auth/organizer";
import { getServices } from "@/lib/services";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("account");
  return { title: t("signIn"), robots: { index: false } };
}

export default async function SignInPage() {
  if (await readOrganizer(await getServices(), await headers())) redirect("/settings");
  const t = await getTexts("account");
  return (
    <NarrowPage title={t("signIn")} lead={t("signIn.lead")}>
      <PageTexts groups={["account", "form"]}>
        <SignInForm />
      </PageTexts>
    </NarrowPage>
  );
}
