import { headers } from "next/headers";
import { createFormats } from "@/app/_components/board/formats";
import { preferredLocale } from "@/app/_components/locale";
import { BoardsSection } from "@/app/_components/settings/boards-section";
import { InvitationsSection } from "@/app/_components/settings/invitations-section";
import { KeysSection } from "@/app/_components/settings/keys-section";
import { SignOutButton } from "@/app/_components/settings/sign-out-button";
import { getServices } from "@/lib/services";

export default async function SettingsPage() {
  const { boards, env } = await getServices();
  const listed = await boards.list();
  const locale = preferredLocale((await headers()).get("accept-language"));
  return (
    <div className="flex flex-col gap-12">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="font-bold text-3xl tracking-tight">Settings</h1>
        <SignOutButton />
      </header>
      <BoardsSection boards={listed} whole={createFormats(locale, 0).whole} />
      <KeysSection boards={listed.map(({ id, name }) => ({ id, name }))} origin={env.publicUrl} />
      <InvitationsSection />
    </div>
  );
}
