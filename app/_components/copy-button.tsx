"use client";

import { useState } from "react";
import { useTexts } from "@/app/_texts/use-texts";

export function CopyButton({ text }: { text: string }) {
  const t = useTexts("copy");
  const [result, setResult] = useState<"copy" | "copied" | "notCopied">("copy");

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setResult("copied");
    } catch {
      setResult("notCopied");
    }
  }

  return (
    <button type="button" onClick={copy} className="button min-h-8 px-3 py-1 text-sm">
      <span aria-live="polite">{t(result)}</span>
    </button>
  );
}
