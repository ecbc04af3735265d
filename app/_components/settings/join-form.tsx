"use client";

import { Field } from "@/app/_components/form/field";
import { FormProblem } from "@/app/_components/form/form-problem";
import { SubmitButton } from "@/app/_components/form/submit-button";
import { send } from "@/app/_hooks/send";
import { useSubmit } from "@/app/_hooks/use-submit";

export function JoinForm({ token }: { token: string }) {
  const { onSubmit, pending, message, errorFor } = useSubmit(
    (form) => send("POST", "/api/v1/invitations/accept", { token, ...Object.fromEntries(form) }),
    () => location.assign("/settings"),
  );
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-5" method="post">
      <FormProblem message={message} />
      <Field label="Your name" name="name" autoComplete="name" required maxLength={128} error={errorFor("/name")} />
      <Field
        label="Email"
        name="email"
        type="email"
        autoComplete="username"
        required
        maxLength={254}
        hint="You sign in with it. Nothing is sent to it."
        error={errorFor("/email")}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={128}
        hint="At least 12 characters, any you like."
        error={errorFor("/password")}
      />
      <SubmitButton pending={pending}>Create account</SubmitButton>
    </form>
  );
}
