"use client";

import { useEffect, useTransition } from "react";
import { jitteredMs } from "@/app/_hooks/jitter";
import { useTexts } from "@/app/_texts/use-texts";
import { NoticePage } from "./notice-page";

const tryEveryMs = 10_000;

/** Most often a store is away, and nobody may be there to press the button: a screen in a hall, for one. */
export default function PageError({ retry }: { error: unknown; retry: () => void }) {
  const t = useTexts("error");
  const [pending, startTransition] = useTransition();
  // Another refresh would start the one in progress anew: pressed again and again, the button would never get a page.
  const tryNow = () => {
    if (!pending) startTransition(retry);
  };
  useEffect(() => {
    const trying = setInterval(() => document.hidden || retry(), jitteredMs(tryEveryMs));
    return () => clearInterval(trying);
  }, [retry]);
  return (
    <NoticePage title={t("title")}>
      <title>{`${t("title")} · Rungs`}</title>
      <p className="text-muted">{t("lead")}</p>
      <button type="button" ref={keepFocus} className="button button-primary" onClick={tryNow}>
        {t("retry")}
      </button>
    </NoticePage>
  );
}

/** A try takes the button away, for good or for one like it: until then the focus is on the content around it. */
function keepFocus(button: HTMLButtonElement): () => void {
  const main = document.getElementById("main");
  if (document.activeElement === main) button.focus();
  return () => {
    if (document.activeElement === button) main?.focus();
  };
}
