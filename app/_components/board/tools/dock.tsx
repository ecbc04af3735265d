import type { ReactNode } from "react";
import type { BoardLens, LensState } from "@/app/_hooks/board-lens";
import { agoText } from "@/app/_texts/ago";
import { useTexts } from "@/app/_texts/use-texts";

/** In sight wherever the page is scrolled to: that it is paused, or what happened while its viewer was away. */
export function Dock({ lens, state: { heldAt, waiting, back } }: { lens: BoardLens; state: LensState }) {
  const t = useTexts("tools");
  if (heldAt !== null) {
    return (
      <Bar label={t("paused")} button={t("resume")} onPress={() => lens.togglePause()} primary>
        <strong className="font-semibold">{t("paused")}</strong>
        {waiting > 0 && <span className="text-muted"> · {t("waiting", { count: waiting })}</span>}
      </Bar>
    );
  }
  if (!back) return null;
  return (
    <Bar label={t("away")} button={t("dismiss")} onPress={() => lens.dismissBack()}>
      {t("back", { ago: agoText(Date.now() - back.at, t.language), count: back.moved })}
    </Bar>
  );
}

interface BarProps {
  label: string;
  button: string;
  primary?: boolean;
  onPress: () => void;
  children: ReactNode;
}

function Bar({ label, button, primary = false, onPress, children }: BarProps) {
  function press(element: HTMLElement) {
    // Whoever pressed it by keyboard stays here, instead of at the top of the page.
    const dock = element.closest<HTMLElement>("#dock");
    const hadFocus = document.activeElement === element;
    onPress();
    if (hadFocus) dock?.focus({ preventScroll: true });
  }
  return (
    <section
      data-docked=""
      aria-label={label}
      className="card mb-2 flex items-center gap-3 py-2 pr-2 pl-3 tabular-nums sm:pl-4"
    >
      <p className="min-w-0 grow">{children}</p>
      <button
        type="button"
        className={`button whitespace-nowrap ${primary ? "button-primary" : ""}`}
        onClick={(event) => press(event.currentTarget)}
      >
        {button}
      </button>
    </section>
  );
}
