"use client";

import { useState } from "react";
import useSWR from "swr";
import { CodeSample } from "@/app/_components/code-sample";
import { FormProblem } from "@/app/_components/form/form-problem";
import { getJson } from "@/app/_hooks/get-json";
import { send } from "@/app/_hooks/send";
import type { CreatedInvitationView, InvitationView } from "@/lib/domain/access";
import { momentText } from "./moment-text";
import { Section } from "./section";

export function InvitationsSection() {
  const { data, error, mutate } = useSWR<{ invitations: InvitationView[] }>("/api/v1/invitations", getJson);
  const [created, setCreated] = useState<CreatedInvitationView | null>(null);
  const [message, setMessage] = useState<string | null>(null);

  async function invite() {
    const sent = await send<CreatedInvitationView>("POST", "/api/v1/invitations", {});
    setMessage(sent.ok ? null : sent.problem.detail);
    if (!sent.ok) return;
    setCreated(sent.data);
    void mutate();
  }

  return (
    <Section id="organizers" title="Organizers" lead="Whoever opens an invitation link can do all that you can.">
      <FormProblem message={message ?? error?.message ?? null} />
      {created && (
        <div className="card flex flex-col gap-3 border-accent p-5">
          <p>
            Give this link to one person. It works once, until {momentText(created.expiresAt)}, and is shown only now.
          </p>
          <CodeSample label="Invitation link" text={created.url} />
        </div>
      )}
      {data && data.invitations.length > 0 && (
        <ul className="card divide-y divide-line">
          {data.invitations.map(({ invitedBy, createdAt, expiresAt }) => (
            <li key={createdAt} className="px-5 py-3">
              Open invitation{invitedBy && <> by {<bdi>{invitedBy}</bdi>}</>}, made {momentText(createdAt)}, good until{" "}
              {momentText(expiresAt)}
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="button self-start" onClick={invite}>
        Make an invitation link
      </button>
    </Section>
  );
}
