import { useTexts } from "@/app/_texts/use-texts";
import { type Tool, toolKeys } from "./tool-keys";

/** The keys, and the switch that turns them off for those who press them without meaning to. */
export function KeyHelp({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  const t = useTexts("tools");
  const tools = Object.entries(toolKeys) as [Tool, string][];
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-semibold">{t("keys")}</h3>
      <ul className={`flex flex-col gap-1.5 ${on ? "" : "text-muted"}`}>
        {tools.map(([tool, key]) => (
          <KeyLine key={tool} name={key} text={t(`key.${tool}`)} />
        ))}
        <KeyLine name="Esc" text={t("key.escape")} />
      </ul>
      <label className="mt-1 flex items-baseline gap-3">
        <input
          type="checkbox"
          className="accent-accent"
          checked={on}
          onChange={(event) => onChange(event.target.checked)}
        />
        {t("useKeys")}
      </label>
    </section>
  );
}

function KeyLine({ name, text }: { name: string; text: string }) {
  return (
    <li className="flex items-baseline gap-3">
      <kbd className="min-w-11 shrink-0 rounded-sm border border-line-strong px-1.5 text-center text-sm">{name}</kbd>
      {text}
    </li>
  );
}
