import type { ReactNode } from "react";

/** A page with one small form. */
export function NarrowPage({ title, lead, children }: { title: string; lead: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col gap-6 sm:py-6">
      <header>
        <h1 className="font-bold text-3xl tracking-tight">{title}</h1>
        <p className="mt-2 text-muted">{lead}</p>
      </header>
      {children && <div className="card p-5 sm:p-7">{children}</div>}
    </div>
  );
}
