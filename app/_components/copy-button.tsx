"use client";

import { useState } from "react";

export function CopyButton({ text }: { text: string }) {
  const [result, setResult] = useState<"" | "Copied" | "Not copied">("");

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setResult("Copied");
    } catch {
      setResult("Not copied");
    }
  }

  return (
    <button type="button" onClick={copy} className="button min-h-8 px-3 py-1 text-sm">
      <span aria-live="polite">{result || "Copy"}</span>
    </button>
  );
}
