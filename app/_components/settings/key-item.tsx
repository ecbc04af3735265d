"use client";

import { ConfirmButton } from "@/app/_components/form/confirm-button";
import { send } from "@/app/_hooks/send";
import type { Texts } from "@/app/_texts/texts";
import { useTexts } from "@/app/_texts/use-texts";
import type { ApiKeyView } from "@/lib/domain/access";
import { type MomentText, useMomentText } from "./use-moment-text";

export function KeyItem({ apiKey, onRevoked }: { apiKey: ApiKeyView; onRevoked: () => void }) {
  const t = useTexts("settings");
  const momentText = useMomentText();
  const { id, name, scopes, boards, revokedAt } = apiKey;
  const reach = boards ? t("key.someBoards", { boards: boards.join(", ") }) : t("key.allBoards");
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3.5">
      <div className="min-w-0">
        <p className={`wrap-anywhere font-medium ${revokedAt ? "text-muted line-through" : ""}`}>
          <bdi>{name}</bdi>
        </p>
        <p className="wrap-anywhere text-muted text-sm">
          <span className="font-mono">{id}</span> · {scopes.join(", ")} · {reach}
        </p>
        <p className="text-muted text-sm">{historyText(apiKey, momentText, t)}</p>
      </div>
      {!revokedAt && (
        <ConfirmButton
          action={t("revoke")}
          title={t("revoke.title")}
          request={() => send("DELETE", `/api/v1/keys/${id}`, null)}
          onDone={onRevoked}
        >
          {t.rich("revoke.consequence", { name: <bdi className="font-medium text-ink">{name}</bdi> })}
        </ConfirmButton>
      )}
    </li>
  );
}

function historyText(
  { createdAt, lastUsedAt, revokedAt }: ApiKeyView,
  momentText: MomentText,
  t: Texts<"settings">,
): string {
  const made = momentText(createdAt);
  if (revokedAt) return t("key.revoked", { made, revoked: momentText(revokedAt) });
  return lastUsedAt ? t("key.used", { made, used: momentText(lastUsedAt) }) : t("key.unused", { made });
}
