import type { ReactNode } from "react";

/** A part of the settings with a heading of its own, reachable as `#id`. */
export function Section({
  id,
  title,
  lead,
  children,
}: {
  id: string;
  title: string;
  lead?: string;
  children: ReactNode;
}) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="flex flex-col gap-4">
      <header>
        <h2 id={`${id}-title`} className="font-semibold text-xl">
          {title}
        </h2>
        {lead && <p className="mt-1 text-muted">{lead}</p>}
      </header>
      {children}
    </section>
  );
}
