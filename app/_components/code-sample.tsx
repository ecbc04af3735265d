import { CopyButton } from "./copy-button";

export function CodeSample({ label, text }: { label: string; text: string }) {
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-sunken">
      <div className="flex items-center justify-between gap-4 border-line border-b py-1.5 pr-1.5 pl-4">
        <p className="text-muted text-sm">{label}</p>
        <CopyButton text={text} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
      <section tabIndex={0} aria-label={label} className="overflow-x-auto p-4 -outline-offset-2">
        <pre className="font-mono text-sm leading-relaxed">{text}</pre>
      </section>
    </div>
  );
}
