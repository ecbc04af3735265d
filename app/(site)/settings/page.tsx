import { BoardsSection } from "@/app/_components/settings/boards-section";
import { InvitationsSection } from "@/app/_components/settings/invitations-section";
import { KeysSection } from "@/app/_components/settings/keys-section";
import { SignOutButton } from "@/app/_components/settings/sign-out-button";
import { readListAddress } from "@/app/_server/list-address";
import { organizerOnly } from "@/app/_server/organizer-only";
import { getTexts } from "@/app/_texts/get-texts";
import { listInvitations } from "@/lib/auth/invitations";
import { writeCursor } from "@/lib/http/board-list";
import { listBoardsInPart } from "@/lib/leaderboard/list-boards";

const boardsPerPage = 50;

export default async function SettingsPage({ searchParams }: PageProps<"/settings">) {
  const services = await organizerOnly();
  const { query, q, after } = readListAddress(await searchParams, "name", boardsPerPage);
  const [{ boards, total, next }, keys, invitations] = await Promise.all([
    listBoardsInPart(services, query),
    services.apiKeys.list(),
    listInvitations(services),
  ]);
  const isAll = q === "" && after === null && next === null;
  const t = await getTexts("settings");
  return (
    <div className="flex flex-col gap-12">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="font-bold text-3xl tracking-tight">{t("title")}</h1>
        <SignOutButton />
      </header>
      <BoardsSection boards={boards} total={total} isAll={isAll} q={q} after={after} next={next && writeCursor(next)} />
      <KeysSection
        first={keys}
        boards={boards.map(({ id, name }) => ({ id, name }))}
        isAll={isAll}
        origin={services.env.publicUrl}
      />
      <InvitationsSection first={invitations} />
    </div>
  );
}
