"use client";

import { useState } from "react";
import { FormProblem } from "@/app/_components/form/form-problem";
import { type SaidProblem, sayProblem } from "@/app/_hooks/problem-words";
import { send } from "@/app/_hooks/send";
import { useTexts } from "@/app/_texts/use-texts";

export function SignOutButton() {
  const t = useTexts("settings");
  const formTexts = useTexts("form");
  const [problem, setProblem] = useState<SaidProblem | null>(null);

  async function signOut() {
    const sent = await send("POST", "/api/auth/sign-out", {}, {});
    if (sent.ok) location.assign("/sign-in");
    else setProblem(sayProblem(sent.problem, formTexts));
  }

  return (
    <div className="flex flex-wrap items-center gap-3">
      <FormProblem problem={problem} />
      <button type="button" className="button" onClick={signOut}>
        {t("signOut")}
      </button>
    </div>
  );
}
