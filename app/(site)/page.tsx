import type { Metadata } from "next";
import { BoardList } from "@/app/_components/home/board-list";
import { NoScript } from "@/app/_components/site/no-script";
import { boardsPerPage } from "@/app/_hooks/board-list";
import { readListAddress } from "@/app/_server/list-address";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import { boardListBody } from "@/lib/http/board-list";
import { admitted } from "@/lib/read-gate/read-gate";
import { getServices } from "@/lib/services";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("home");
  return { title: { absolute: t("title") } };
}

export default async function FrontPage({ searchParams }: PageProps<"/">) {
  const t = await getTexts("home");
  const services = await getServices();
  const { query, q, after } = readListAddress(await searchParams, "changed", boardsPerPage);
  const { text, etag } = await boardListBody(services, query, admitted(null));
  return (
    <div className="flex flex-col gap-10">
      <header className="flex flex-wrap items-end justify-between gap-x-10 gap-y-5">
        <div className="max-w-2xl">
          <h1 className="font-bold text-4xl tracking-tight sm:text-5xl">{t("headline")}</h1>
          <p className="mt-4 text-lg text-muted">{t("lead")}</p>
        </div>
        <a href="/settings" className="button">
          {t("organize")}
        </a>
      </header>
      <NoScript />
      <PageTexts groups={["home", "copy"]}>
        <BoardList
          key={`${q} ${after}`}
          q={q}
          after={after}
          first={{ list: JSON.parse(text), etag }}
          serverNow={Date.now()}
          origin={services.env.publicUrl}
        />
      </PageTexts>
    </div>
  );
}
