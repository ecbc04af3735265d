import { useTexts } from "@/app/_texts/use-texts";

export const medals: Record<number, string> = { 1: "bg-gold", 2: "bg-silver", 3: "bg-bronze" };

/** A rank, with `=` in front when it is shared. */
export function Rank({ rank, shared, text }: { rank: number; shared: boolean; text: string }) {
  const t = useTexts("board");
  const medal = medals[rank];
  return (
    <span className={`rank ${medal ? `${medal} font-semibold text-on-medal` : "text-muted"}`}>
      {shared && <span aria-hidden="true">=</span>}
      {text}
      {shared && <span className="sr-only">{t("shared")}</span>}
    </span>
  );
}
