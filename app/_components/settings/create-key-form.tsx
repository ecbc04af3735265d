"use client";

import { useState } from "react";
import { Field } from "@/app/_components/form/field";
import { Choice, Fieldset } from "@/app/_components/form/fieldset";
import { FormProblem } from "@/app/_components/form/form-problem";
import { SubmitButton } from "@/app/_components/form/submit-button";
import { send } from "@/app/_hooks/send";
import { useSubmit } from "@/app/_hooks/use-submit";
import type { ApiScope, CreatedKeyView } from "@/lib/domain/access";

const scopes: Record<ApiScope, string> = {
  "scores:write": "Post scores",
  "boards:manage": "Create, change and delete boards",
};

interface CreateKeyFormProps {
  boards: readonly { id: string; name: string }[];
  onCreated: (key: CreatedKeyView) => void;
}

export function CreateKeyForm({ boards, onCreated }: CreateKeyFormProps) {
  const [limited, setLimited] = useState(false);
  const { onSubmit, pending, message, errorFor } = useSubmit(create, (key, form) => {
    form.reset();
    setLimited(false);
    form.closest("details")?.removeAttribute("open");
    onCreated(key);
  });
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5">
      <FormProblem message={message} />
      <Field
        label="Name"
        name="name"
        required
        maxLength={128}
        autoComplete="off"
        hint="What uses it, so that you know later."
        error={errorFor("/name")}
      />
      <Fieldset legend="It may" name="scopes" error={errorFor("/scopes")}>
        {Object.entries(scopes).map(([scope, label]) => (
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
      {boards.length > 0 && (
        <Fieldset legend="On" name="boards" error={errorFor("/boards")}>
          <Choice
            type="radio"
            name="reach"
            value="all"
            label="All boards, also later ones"
            defaultChecked
            onChange={() => setLimited(false)}
          />
          <Choice type="radio" name="reach" value="some" label="Only these" onChange={() => setLimited(true)} />
          {limited && (
            <div className="ml-7 max-h-60 overflow-y-auto">
              {boards.map(({ id, name }) => (
                <Choice key={id} type="checkbox" name="board" value={id} label={<bdi>{name}</bdi>} hint={id} />
              ))}
            </div>
          )}
        </Fieldset>
      )}
      <SubmitButton pending={pending}>Create key</SubmitButton>
    </form>
  );
}

function create(form: FormData) {
  const boards = form.get("reach") === "some" ? form.getAll("board") : null;
  return send<CreatedKeyView>("POST", "/api/v1/keys", { name: form.get("name"), scopes: form.getAll("scope"), boards });
}
