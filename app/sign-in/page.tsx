import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { SignInForm } from "@/app/_components/settings/sign-in-form";
import { NarrowPage } from "@/app/_components/site/narrow-page";
import { readOrganizer } from "@/lib/auth/organizer";
import { getServices } from "@/lib/services";

export const metadata: Metadata = { title: "Sign in", robots: { index: false } };

export default async function SignInPage() {
  if (await readOrganizer(await getServices(), await headers())) redirect("/settings");
  return (
    <NarrowPage title="Sign in" lead="For organizers. Watching a board needs no account.">
      <SignInForm />
    </NarrowPage>
  );
}
