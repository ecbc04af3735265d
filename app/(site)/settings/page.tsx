import { BoardsSection } from "@/app/_components/settings/boards-section";
import { InvitationsSection } from "@/app/_components/settings/invitations-section";
import { KeysSection } from "@/app/_components/settings/keys-section";
import { SignOutButton } from "@/app/_components/settings/sign-out-button";
import { getTexts } from "@/app/_texts/get-texts";
import { getServices } from "@/lib/services";

export default async function SettingsPage() {
  const { boards, env } = await getServices();
  const listed = await boards.list();
  const t = await getTexts("settings");
  return (
    <div className="flex flex-col gap-12">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="font-bold text-3xl tracking-tight">{t("title")}</h1>
        <SignOutButton />
      </header>
      <BoardsSection boards={listed} />
      <KeysSection boards={listed.map(({ id, name }) => ({ id, name }))} origin={env.publicUrl} />
      <InvitationsSection />
    </div>
  );
}
