"use client";

import { useEffect } from "react";
import { NoticePage } from "@/app/_components/site/notice-page";
import { jitteredMs } from "@/app/_hooks/jitter";

const tryEveryMs = 10_000;

/** Most often a store is away, and nobody may be there to press the button: a screen in a hall, for one. */
export default function PageError({ retry }: { error: unknown; retry: () => void }) {
  useEffect(() => {
    const trying = setInterval(() => document.hidden || retry(), jitteredMs(tryEveryMs));
    return () => clearInterval(trying);
  }, [retry]);
  return (
    <NoticePage title="This page could not be made">
      <title>This page could not be made · Rungs</title>
      <p className="text-muted">
        The server ran into a problem. Scores that were accepted are safe, and this page tries again by itself.
      </p>
      <button type="button" ref={keepFocus} className="button button-primary" onClick={retry}>
        Try again
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
