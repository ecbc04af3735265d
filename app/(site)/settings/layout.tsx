import type { Metadata } from "next";
import type { ReactNode } from "react";
import { organizerOnly } from "@/app/_server/organizer-only";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("settings");
  return { title: t("title"), robots: { index: false } };
}

/** Gives its pages their texts. That it is for organizers, each of them checks as well, and the API with every request. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  await organizerOnly();
  return <PageTexts groups={["settings", "form", "copy"]}>{children}</PageTexts>;
}
