import { useEffect, useId, useRef } from "react";
import type { BoardLens, LensState } from "@/app/_hooks/board-lens";
import type { LastHour } from "@/app/_hooks/use-last-hour";
import { useTexts } from "@/app/_texts/use-texts";
import { ArrowsChoice } from "./arrows-choice";
import { KeyHelp } from "./key-help";

interface ViewDialogProps {
  boardId: string;
  lens: BoardLens;
  state: LensState;
  hour: LastHour;
  keysOn: boolean;
  onKeysOn: (on: boolean) => void;
  onClose: () => void;
}

/** How the board is shown, and the keys. */
export function ViewDialog({ boardId, lens, state, hour, keysOn, onKeysOn, onClose }: ViewDialogProps) {
  const t = useTexts("tools");
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="card m-auto w-[min(30rem,calc(100vw-2rem))] p-5 text-ink sm:p-6"
    >
      <div className="flex flex-col gap-5">
        <h2 id={id} className="font-semibold text-xl">
          {t("title")}
        </h2>
        <ArrowsChoice lens={lens} state={state} hour={hour} />
        <KeyHelp on={keysOn} onChange={onKeysOn} />
        <div className="flex flex-wrap justify-end gap-3">
          <a href={`/boards/${boardId}/stage`} className="button sm:hidden">
            {t("bigScreen")}
          </a>
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {t("close")}
          </button>
        </div>
      </div>
    </dialog>
  );
}
