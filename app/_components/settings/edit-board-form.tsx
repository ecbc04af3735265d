"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "@/app/_components/form/field";
import { FormProblem } from "@/app/_components/form/form-problem";
import { SubmitButton } from "@/app/_components/form/submit-button";
import { send } from "@/app/_hooks/send";
import { boardShape } from "@/app/_hooks/shapes";
import { useSubmit } from "@/app/_hooks/use-submit";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView } from "@/lib/domain/board";
import { BoardFields, readBoardFields } from "./board-fields";

export function EditBoardForm({ board, scored }: { board: BoardView; scored: boolean }) {
  const t = useTexts("settings");
  const router = useRouter();
  const [saved, setSaved] = useState(false);
  const { onSubmit, pending, problem, errorFor } = useSubmit(
    (form) => {
      setSaved(false);
      const change = { name: form.get("name"), ...readBoardFields(form) };
      return send<BoardView>("PATCH", `/api/v1/boards/${board.id}`, boardShape, change);
    },
    () => {
      setSaved(true);
      router.refresh();
    },
  );
  return (
    <form onSubmit={onSubmit} className="card flex flex-col gap-5 p-5" onChange={() => setSaved(false)}>
      <FormProblem problem={problem} />
      <Field
        label={t("name")}
        name="name"
        required
        maxLength={128}
        autoComplete="off"
        defaultValue={board.name}
        error={errorFor("/name")}
      />
      <BoardFields defaults={board} scored={scored} errorFor={errorFor} />
      <div className="flex items-center gap-4">
        <SubmitButton pending={pending}>{t("save")}</SubmitButton>
        <p role="status" className="text-muted text-sm">
          {saved && t("saved")}
        </p>
      </div>
    </form>
  );
}
