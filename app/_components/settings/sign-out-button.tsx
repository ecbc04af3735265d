"use client";

import { useState } from "react";
import { FormProblem } from "@/app/_components/form/form-problem";
import { send } from "@/app/_hooks/send";

export function SignOutButton() {
  const [message, setMessage] = useState<string | null>(null);

  async function signOut() {
    const sent = await send("POST", "/api/auth/sign-out", {});
    if (sent.ok) location.assign("/sign-in");
    else setMessage(sent.problem.detail);
  }

  return (
    <div className="flex flex-wrap items-center gap-3">
      <FormProblem message={message} />
      <button type="button" className="button" onClick={signOut}>
        Sign out
      </button>
    </div>
  );
}
