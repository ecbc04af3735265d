"use client";

import { useRouter } from "next/navigation";
import { ConfirmButton } from "@/app/_components/form/confirm-button";
import { send } from "@/app/_hooks/send";
import { Section } from "./section";

export function DeleteBoard({ boardId, name }: { boardId: string; name: string }) {
  const router = useRouter();
  return (
    <Section id="delete" title="Delete" lead="Removes the board and all its scores. This cannot be undone.">
      <div>
        <ConfirmButton
          action="Delete board"
          title="Delete this board?"
          typed={boardId}
          request={() => send("DELETE", `/api/v1/boards/${boardId}`)}
          onDone={() => router.push("/settings")}
        >
          <bdi>{name}</bdi> and every score that was ever posted to it will be gone.
        </ConfirmButton>
      </div>
    </Section>
  );
}
