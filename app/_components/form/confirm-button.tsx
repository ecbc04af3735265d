"use client";

import { type ReactNode, useId, useRef, useState } from "react";
import type { Sent } from "@/app/_hooks/send";
import { useSubmit } from "@/app/_hooks/use-submit";
import { useTexts } from "@/app/_texts/use-texts";
import { FormProblem } from "./form-problem";

interface ConfirmButtonProps {
  /** On the button, and again on the one that goes through with it. */
  action: string;
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** Text that has to be typed first, for what cannot be undone. */
  typed?: string;
  request: () => Promise<Sent<unknown>>;
  onDone: () => void;
}

/** A button for what should not happen by a slip. */
export function ConfirmButton({ action, title, children, typed, request, onDone }: ConfirmButtonProps) {
  const t = useTexts("form");
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const id = useId();
  const { onSubmit, pending, problem } = useSubmit(request, () => {
    dialog.current?.close();
    onDone();
  });
  return (
    <>
      <button type="button" className="button button-danger" onClick={() => dialog.current?.showModal()}>
        {action}
      </button>
      <dialog
        ref={dialog}
        aria-labelledby={`${id}-title`}
        onClose={() => setText("")}
        className="card m-auto w-[min(28rem,calc(100vw-2rem))] p-6 text-ink"
      >
        <form onSubmit={onSubmit} className="flex flex-col gap-4">
          <h2 id={`${id}-title`} className="font-semibold text-xl">
            {title}
          </h2>
          <div className="text-muted">{children}</div>
          <FormProblem problem={problem} />
          {typed !== undefined && (
            <label className="flex flex-col gap-1.5">
              <span>{t.rich("typeToGoAhead", { text: <strong className="font-mono">{typed}</strong> })}</span>
              <input
                className="input"
                autoComplete="off"
                spellCheck={false}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            </label>
          )}
          <div className="flex flex-wrap justify-end gap-3">
            <button type="button" className="button" onClick={() => dialog.current?.close()}>
              {t("cancel")}
            </button>
            <button type="submit" className="button button-danger" disabled={pending || (typed ?? text) !== text}>
              {action}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
