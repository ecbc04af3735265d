"use client";

import { useState } from "react";
import { Field } from "@/app/_components/form/field";
import { Choice, Fieldset } from "@/app/_components/form/fieldset";
import { FormProblem } from "@/app/_components/form/form-problem";
import { SubmitButton } from "@/app/_components/form/submit-button";
import { send } from "@/app/_hooks/send";
import type { Shape } from "@/app/_hooks/shapes";
import { useSubmit } from "@/app/_hooks/use-submit";
import type { Texts } from "@/app/_texts/texts";
import { useTexts } from "@/app/_texts/use-texts";
import type { ApiScope, CreatedKeyView } from "@/lib/domain/access";

interface CreateKeyFormProps {
  boards: readonly { id: string; name: string }[];
  /** Whether these are all boards that there are; else the ids of others can be typed. */
  isAll: boolean;
  onCreated: (key: CreatedKeyView) => void;
}

export function CreateKeyForm({ boards, isAll, onCreated }: CreateKeyFormProps) {
  const t = useTexts("settings");
  const [limited, setLimited] = useState(false);
  const { onSubmit, pending, problem, errorFor } = useSubmit(create, (key, form) => {
    form.reset();
    setLimited(false);
    form.closest("details")?.removeAttribute("open");
    onCreated(key);
  });
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      <FormProblem problem={problem} />
      <Field
        label={t("name")}
        name="name"
        required
        maxLength={128}
        autoComplete="off"
        hint={t("newKey.hint")}
        error={errorFor("/name")}
      />
      <Fieldset legend={t("newKey.scopes")} name="scopes" error={errorFor("/scopes")}>
        {Object.entries(scopeLabels(t)).map(([scope, label]) => (
          <Choice
            key={scope}
            type="checkbox"
            name="scope"
            value={scope}
            label={label}
            hint={scope}
            defaultChecked={scope === "scores:write"}
          />
        ))}
      </Fieldset>
      {(boards.length > 0 || !isAll) && (
        <Fieldset legend={t("newKey.boards")} name="boards" error={errorFor("/boards")}>
          <Choice
            type="radio"
            name="reach"
            value="all"
            label={t("newKey.allBoards")}
            defaultChecked
            onChange={() => setLimited(false)}
          />
          <Choice
            type="radio"
            name="reach"
            value="some"
            label={t("newKey.someBoards")}
            onChange={() => setLimited(true)}
          />
          {limited && (
            <div className="ml-7 flex flex-col gap-3">
              <div className="max-h-60 overflow-y-auto">
                {boards.map(({ id, name }) => (
                  <Choice key={id} type="checkbox" name="board" value={id} label={<bdi>{name}</bdi>} hint={id} />
                ))}
              </div>
              {!isAll && <Field label={t("newKey.otherBoards")} name="others" hint={t("newKey.otherBoards.hint")} />}
            </div>
          )}
        </Fieldset>
      )}
      <SubmitButton pending={pending}>{t("createKey")}</SubmitButton>
    </form>
  );
}

const scopeLabels = (t: Texts<"settings">): Record<ApiScope, string> => ({
  "scores:write": t("scope.scores:write"),
  "boards:manage": t("scope.boards:manage"),
});

const createdShape: Shape<CreatedKeyView> = { key: "", id: "", name: "" };

function create(form: FormData) {
  const others = String(form.get("others") ?? "").split(/[\s,]+/);
  const picked = [...new Set([...form.getAll("board"), ...others.filter((id) => id !== "")])];
  const boards = form.get("reach") === "some" ? picked : null;
  const input = { name: form.get("name"), scopes: form.getAll("scope"), boards };
  return send<CreatedKeyView>("POST", "/api/v1/keys", createdShape, input);
}
