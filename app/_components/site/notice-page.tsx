import type { ReactNode } from "react";
import { Logo } from "./logo";

/** A page that has one thing to say: not found, gone wrong. */
export function NoticePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-4 py-12 text-center">
      <Logo className="size-16 text-line-strong" />
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      {children}
    </div>
  );
}
