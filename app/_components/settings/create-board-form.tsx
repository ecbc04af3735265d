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
import { BoardFields, newBoardDefaults, readBoardFields } from "./board-fields";

export function CreateBoardForm() {
  const t = useTexts("settings");
  const router = useRouter();
  const [id, setId] = useState("");
  const [ownId, setOwnId] = useState(false);
  const { onSubmit, pending, problem, errorFor } = useSubmit(create, (board) => {
    router.push(`/settings/boards/${board.id}`);
  });
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      <FormProblem problem={problem} />
      <div className="grid gap-5 sm:grid-cols-2">
        <Field
          label={t("name")}
          name="name"
          required
          maxLength={128}
          autoComplete="off"
          onChange={(event) => !ownId && setId(slug(event.target.value))}
          error={errorFor("/name")}
        />
        <Field
          label={t("id")}
          name="id"
          required
          maxLength={63}
          pattern="[a-z0-9][a-z0-9\-]*"
          title={t("id.format")}
          autoComplete="off"
          spellCheck={false}
          value={id}
          onChange={(event) => {
            setOwnId(event.target.value !== "");
            setId(event.target.value);
          }}
          hint={t("id.hint")}
          error={errorFor("/id")}
        />
      </div>
      <BoardFields defaults={newBoardDefaults} scored={false} errorFor={errorFor} />
      <SubmitButton pending={pending}>{t("createBoard")}</SubmitButton>
    </form>
  );
}

function create(form: FormData) {
  const input = { id: form.get("id"), name: form.get("name"), ...readBoardFields(form) };
  return send<BoardView>("POST", "/api/v1/boards", boardShape, input);
}

function slug(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
}
