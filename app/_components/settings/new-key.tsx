"use client";

import { useEffect, useRef } from "react";
import { scoreCommand } from "@/app/_components/board/score-command";
import { CodeSample } from "@/app/_components/code-sample";
import { useTexts } from "@/app/_texts/use-texts";
import type { CreatedKeyView } from "@/lib/domain/access";

interface NewKeyProps {
  created: CreatedKeyView;
  boards: readonly { id: string; name: string }[];
  origin: string;
  onClose: () => void;
}

/** The only time a key is seen; takes the focus, so that nobody misses it. */
export function NewKey({ created, boards, origin, onClose }: NewKeyProps) {
  const t = useTexts("settings");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const board = created.boards?.[0] ?? boards[0]?.id;
  return (
    <div className="card flex flex-col gap-4 border-accent p-5">
      <h3 ref={heading} tabIndex={-1} className="font-semibold text-lg outline-none">
        {t("createdKey.title")}
      </h3>
      <p className="text-muted">{t("createdKey.lead")}</p>
      <CodeSample label={t("createdKey.key")} text={created.key} />
      {board && created.scopes.includes("scores:write") && (
        <>
          <p className="text-muted">{t("createdKey.try")}</p>
          <CodeSample label={t("createdKey.command")} text={scoreCommand({ id: board }, origin, created.key)} />
        </>
      )}
      <button type="button" className="button self-start" onClick={onClose}>
        {t("createdKey.done")}
      </button>
    </div>
  );
}
