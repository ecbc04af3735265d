import type { Metadata } from "next";
import type { ReactNode } from "react";
import { organizerOnly } from "@/app/_server/organizer-only";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("settings");
  return { title: t("title"), robots: { index: false } };
}

/** A courtesy to people, not the guard: every request that reads or changes settings is checked by the API itself. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  await organizerOnly();
  return <PageTexts groups={["settings", "form", "copy"]}>{children}</PageTexts>;
}
