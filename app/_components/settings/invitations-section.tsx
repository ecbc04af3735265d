"use client";

import { useState } from "react";
import useSWR from "swr";
import { CodeSample } from "@/app/_components/code-sample";
import { FormProblem } from "@/app/_components/form/form-problem";
import { type SaidProblem, sayError, sayProblem } from "@/app/_hooks/problem-words";
import { replyOf } from "@/app/_hooks/reply-of";
import { send } from "@/app/_hooks/send";
import type { Shape } from "@/app/_hooks/shapes";
import { useTexts } from "@/app/_texts/use-texts";
import type { CreatedInvitationView, InvitationView } from "@/lib/domain/access";
import { Section } from "./section";
import { useMomentText } from "./use-moment-text";

const getInvitations = replyOf<{ invitations: InvitationView[] }>({ invitations: [{ createdAt: "", expiresAt: "" }] });
const createdShape: Shape<CreatedInvitationView> = { url: "", expiresAt: "" };

/** @param first those that the page came with */
export function InvitationsSection({ first }: { first: InvitationView[] }) {
  const t = useTexts("settings");
  const formTexts = useTexts("form");
  const { data = { invitations: first }, error, mutate } = useSWR("/api/v1/invitations", getInvitations);
  const momentText = useMomentText();
  const [created, setCreated] = useState<CreatedInvitationView | null>(null);
  const [problem, setProblem] = useState<SaidProblem | null>(null);

  async function invite() {
    const sent = await send<CreatedInvitationView>("POST", "/api/v1/invitations", createdShape, {});
    setProblem(sent.ok ? null : sayProblem(sent.problem, formTexts));
    if (!sent.ok) return;
    setCreated(sent.data);
    void mutate();
  }

  return (
    <Section id="organizers" title={t("organizers")} lead={t("organizers.lead")}>
      <FormProblem problem={problem ?? (error ? sayError(error, formTexts) : null)} />
      {created && (
        <div className="card flex flex-col gap-3 border-accent p-5">
          <p>{t("invited.lead", { expires: momentText(created.expiresAt) })}</p>
          <CodeSample label={t("invited.link")} text={created.url} />
        </div>
      )}
      {data.invitations.length > 0 && (
        <ul className="card divide-y divide-line">
          {data.invitations.map((invitation) => (
            <li key={invitation.createdAt} className="px-5 py-3">
              <OpenInvitation {...invitation} />
            </li>
          ))}
        </ul>
      )}
      <button type="button" className="button self-start" onClick={invite}>
        {t("invite")}
      </button>
    </Section>
  );
}

function OpenInvitation({ invitedBy, createdAt, expiresAt }: InvitationView) {
  const t = useTexts("settings");
  const momentText = useMomentText();
  const moments = { made: momentText(createdAt), expires: momentText(expiresAt) };
  if (invitedBy === null) return t("openInvitation", moments);
  return t.rich("openInvitationBy", { name: <bdi>{invitedBy}</bdi>, ...moments });
}
