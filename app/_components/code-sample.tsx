import { CopyButton } from "./copy-button";

export function CodeSample({ label, text }: { label: string; text: string }) {
  return (
    <div className="relative rounded-lg border border-line bg-sunken">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
      <section tabIndex={0} aria-label={label} className="overflow-x-auto rounded-lg p-4 pr-24">
        <pre className="font-mono text-sm leading-relaxed">{text}</pre>
      </section>
      <CopyButton text={text} className="absolute top-2.5 right-2.5" />
    </div>
  );
}
