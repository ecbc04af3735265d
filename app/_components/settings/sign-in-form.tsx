"use client";

import { Field } from "@/app/_components/form/field";
import { FormProblem } from "@/app/_components/form/form-problem";
import { SubmitButton } from "@/app/_components/form/submit-button";
import { type Sent, send } from "@/app/_hooks/send";
import { useSubmit } from "@/app/_hooks/use-submit";
import { useTexts } from "@/app/_texts/use-texts";
import { organizerShape } from "./organizer-shape";

export function SignInForm() {
  const t = useTexts("account");
  const { onSubmit, pending, problem, errorFor } = useSubmit(
    (form) => signIn(form, t("signIn.mismatch")),
    () => location.assign("/settings"),
  );
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5" method="post">
      <FormProblem problem={problem} />
      <Field
        label={t("email")}
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        error={errorFor("/email")}
      />
      <Field
        label={t("password")}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={128}
        error={errorFor("/password")}
      />
      <SubmitButton pending={pending}>{t("signIn")}</SubmitButton>
    </form>
  );
}

async function signIn(form: FormData, mismatch: string): Promise<Sent<unknown>> {
  const sent = await send("POST", "/api/auth/sign-in/email", organizerShape, Object.fromEntries(form));
  if (sent.ok || sent.problem.code !== "unauthorized") return sent;
  return { ok: false, problem: { detail: mismatch, errors: [] } };
}
