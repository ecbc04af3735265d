import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import { readOrganizer } from "@/lib/auth/organizer";
import { getServices } from "@/lib/services";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("settings");
  return { title: t("title"), robots: { index: false } };
}

/** A courtesy to people, not the guard: every request that reads or changes settings is checked by the API itself. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  if (!(await readOrganizer(await getServices(), await headers()))) redirect("/sign-in");
  return <PageTexts groups={["settings", "form", "copy"]}>{children}</PageTexts>;
}
