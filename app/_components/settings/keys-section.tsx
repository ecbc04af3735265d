"use client";

import { useState } from "react";
import useSWR from "swr";
import { sayError } from "@/app/_hooks/problem-words";
import { replyOf } from "@/app/_hooks/reply-of";
import { useTexts } from "@/app/_texts/use-texts";
import type { ApiKeyView, CreatedKeyView } from "@/lib/domain/access";
import { CreateKeyForm } from "./create-key-form";
import { KeyItem } from "./key-item";
import { NewKey } from "./new-key";
import { Section } from "./section";

const getKeys = replyOf<{ keys: ApiKeyView[] }>({ keys: [{ id: "", name: "", scopes: [], createdAt: "" }] });

export interface KeysSectionProps {
  /** Those that the page came with. */
  first: ApiKeyView[];
  boards: readonly { id: string; name: string }[];
  /** Whether these are all boards that there are. */
  isAll: boolean;
  origin: string;
}

export function KeysSection({ first, boards, isAll, origin }: KeysSectionProps) {
  const t = useTexts("settings");
  const formTexts = useTexts("form");
  const { data = { keys: first }, error, mutate } = useSWR("/api/v1/keys", getKeys);
  const [created, setCreated] = useState<CreatedKeyView | null>(null);

  function onCreated(key: CreatedKeyView) {
    setCreated(key);
    void mutate();
  }

  return (
    <Section id="keys" title={t("keys")} lead={t("keys.lead")}>
      {created && <NewKey created={created} boards={boards} origin={origin} onClose={() => setCreated(null)} />}
      {error && <p className="text-danger">{sayError(error, formTexts).text}</p>}
      {data.keys.length > 0 && (
        <ul className="card divide-y divide-line">
          {data.keys.map((key) => (
            <KeyItem key={key.id} apiKey={key} onRevoked={() => void mutate()} />
          ))}
        </ul>
      )}
      <details className="card">
        <summary className="rounded-xl px-5 py-3.5 font-medium text-accent">{t("newKey")}</summary>
        <div className="border-line border-t p-5">
          <CreateKeyForm boards={boards} isAll={isAll} onCreated={onCreated} />
        </div>
      </details>
    </Section>
  );
}
