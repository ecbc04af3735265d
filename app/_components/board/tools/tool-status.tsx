import { useEffect, useState } from "react";
import type { LensState } from "@/app/_hooks/board-lens";
import { agoText } from "@/app/_texts/ago";
import { useTexts } from "@/app/_texts/use-texts";

/** Says to screen readers what has become of the page: that it is paused, or what happened while they were away. */
export function ToolStatus({ state: { heldAt, back } }: { state: LensState }) {
  const t = useTexts("tools");
  const [text, setText] = useState("");
  const [wasHeld, setWasHeld] = useState(false);
  const held = heldAt !== null;
  useEffect(() => {
    if (held) setWasHeld(true);
    if (held) setText(t("pausedSaid"));
    else if (wasHeld) setText(t("resumedSaid"));
  }, [held, wasHeld, t]);
  useEffect(() => {
    if (!back) return;
    // Said once things have come to rest, and not with every player who moves on.
    const timer = setTimeout(
      () => setText(t("back", { ago: agoText(Date.now() - back.at, t.language), count: back.moved })),
      1_500,
    );
    return () => clearTimeout(timer);
  }, [back, t]);
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
