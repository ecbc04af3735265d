import { notFound } from "next/navigation";
import { pageSize } from "@/app/_components/board/paging";
import { DeleteBoard } from "@/app/_components/settings/delete-board";
import { DeliverySection } from "@/app/_components/settings/delivery-section";
import { EditBoardForm } from "@/app/_components/settings/edit-board-form";
import { EmbedSection } from "@/app/_components/settings/embed-section";
import { Section } from "@/app/_components/settings/section";
import { organizerOnly } from "@/app/_server/organizer-only";
import { getTexts } from "@/app/_texts/get-texts";
import { isRungsError } from "@/lib/domain/errors";
import type { Snapshot } from "@/lib/domain/snapshot";
import { presentBoard } from "@/lib/leaderboard/present-board";
import type { Services } from "@/lib/services";

export default async function BoardSettingsPage({ params }: PageProps<"/settings/boards/[board]">) {
  const services = await organizerOnly();
  const t = await getTexts("settings");
  const { board, total } = await readBoard(services, (await params).board);
  const { embedHosts } = await presentBoard(services, board.id);
  return (
    <div className="flex flex-col gap-12">
      <header className="flex flex-wrap items-end justify-between gap-4">
        <div className="min-w-0">
          <p className="text-sm">
            <a href="/settings" className="link">
              {t("title")}
            </a>
          </p>
          <h1 className="wrap-anywhere mt-1 font-bold text-3xl tracking-tight">
            <bdi>{board.name}</bdi>
          </h1>
        </div>
        <a href={`/boards/${board.id}`} className="button">
          {t("viewBoard")}
        </a>
      </header>
      <DeliverySection boardId={board.id} initial={board.delivery} />
      <Section id="board" title={t("board")}>
        <EditBoardForm board={board} scored={total > 0} />
      </Section>
      <EmbedSection board={board} initial={embedHosts} origin={services.env.publicUrl} />
      <DeleteBoard boardId={board.id} name={board.name} />
    </div>
  );
}

async function readBoard({ views }: Services, id: string): Promise<Snapshot> {
  try {
    const { text } = await views.read(id, { limit: pageSize, offset: 0 });
    return JSON.parse(text);
  } catch (error) {
    if (isRungsError(error) && error.code === "board-not-found") notFound();
    throw error;
  }
}
