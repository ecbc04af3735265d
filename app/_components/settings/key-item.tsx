"use client";

import { ConfirmButton } from "@/app/_components/form/confirm-button";
import { send } from "@/app/_hooks/send";
import type { ApiKeyView } from "@/lib/domain/access";
import { momentText } from "./moment-text";

export function KeyItem({ apiKey, onRevoked }: { apiKey: ApiKeyView; onRevoked: () => void }) {
  const { id, name, scopes, boards, createdAt, lastUsedAt, revokedAt } = apiKey;
  const reach = boards ? `only ${boards.join(", ")}` : "all boards";
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3.5">
      <div className="min-w-0">
        <p className={`wrap-anywhere font-medium ${revokedAt ? "text-muted line-through" : ""}`}>
          <bdi>{name}</bdi>
        </p>
        <p className="wrap-anywhere text-muted text-sm">
          <span className="font-mono">{id}</span> · {scopes.join(", ")} · {reach}
        </p>
        <p className="text-muted text-sm">
          Made {momentText(createdAt)}
          {revokedAt
            ? `, revoked ${momentText(revokedAt)}`
            : `, ${lastUsedAt ? `last used ${momentText(lastUsedAt)}` : "never used"}`}
        </p>
      </div>
      {!revokedAt && (
        <ConfirmButton
          action="Revoke"
          title="Revoke this key?"
          request={() => send("DELETE", `/api/v1/keys/${id}`)}
          onDone={onRevoked}
        >
          Whatever uses <bdi className="font-medium text-ink">{name}</bdi> stops working within a second.
        </ConfirmButton>
      )}
    </li>
  );
}
