"use client";

import { Field } from "@/app/_components/form/field";
import { FormProblem } from "@/app/_components/form/form-problem";
import { SubmitButton } from "@/app/_components/form/submit-button";
import { send } from "@/app/_hooks/send";
import { useSubmit } from "@/app/_hooks/use-submit";
import { useTexts } from "@/app/_texts/use-texts";
import { organizerShape } from "./organizer-shape";

export function JoinForm({ token }: { token: string }) {
  const t = useTexts("account");
  const { onSubmit, pending, problem, errorFor } = useSubmit(
    (form) => send("POST", "/api/v1/invitations/accept", organizerShape, { token, ...Object.fromEntries(form) }),
    () => location.assign("/settings"),
  );
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5" method="post">
      <FormProblem problem={problem} />
      <Field
        label={t("join.name")}
        name="name"
        autoComplete="name"
        required
        maxLength={128}
        error={errorFor("/name")}
      />
      <Field
        label={t("email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        hint={t("join.email.hint")}
        error={errorFor("/email")}
      />
      <Field
        label={t("password")}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={128}
        hint={t("join.password.hint")}
        error={errorFor("/password")}
      />
      <SubmitButton pending={pending}>{t("join.create")}</SubmitButton>
    </form>
  );
}
