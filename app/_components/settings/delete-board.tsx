"use client";

import { useRouter } from "next/navigation";
import { ConfirmButton } from "@/app/_components/form/confirm-button";
import { send } from "@/app/_hooks/send";
import { useTexts } from "@/app/_texts/use-texts";
import { Section } from "./section";

export function DeleteBoard({ boardId, name }: { boardId: string; name: string }) {
  const t = useTexts("settings");
  const router = useRouter();
  return (
    <Section id="delete" title={t("delete")} lead={t("delete.lead")}>
      <div>
        <ConfirmButton
          action={t("delete.action")}
          title={t("delete.title")}
          typed={boardId}
          request={() => send("DELETE", `/api/v1/boards/${boardId}`, null)}
          onDone={() => router.push("/settings")}
        >
          {t.rich("delete.consequence", { name: <bdi>{name}</bdi> })}
        </ConfirmButton>
      </div>
    </Section>
  );
}
