import type { ReactNode } from "react";
import type { Arrows, BoardLens, LensState } from "@/app/_hooks/board-lens";
import type { LastHour } from "@/app/_hooks/use-last-hour";
import { agoText } from "@/app/_texts/ago";
import { useTexts } from "@/app/_texts/use-texts";

interface ArrowsChoiceProps {
  lens: BoardLens;
  state: LensState;
  hour: LastHour;
}

/** Which moves the arrows tell of. */
export function ArrowsChoice({ lens, state: { arrows, lookedAt }, hour }: ArrowsChoiceProps) {
  const t = useTexts("tools");
  const option = (value: Arrows, hint: string | null, disabled = false) => (
    <Option
      label={t(`arrows.${value}`)}
      hint={hint}
      checked={arrows === value}
      disabled={disabled}
      onChoose={() => lens.setArrows(value)}
    />
  );
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-semibold">{t("arrows")}</legend>
      {option("live", null)}
      {option(
        "look",
        lookedAt === null ? t("neverAway") : agoText(Date.now() - lookedAt, t.language),
        lookedAt === null,
      )}
      {option("hour", hourHint(), hour === "too-long")}
    </fieldset>
  );

  function hourHint(): string | null {
    if (hour === "too-long") return t("tooLong");
    return arrows === "hour" && hour === "asking" ? t("lookingBack") : null;
  }
}

interface OptionProps {
  label: ReactNode;
  hint: string | null;
  checked: boolean;
  disabled: boolean;
  onChoose: () => void;
}

function Option({ label, hint, checked, disabled, onChoose }: OptionProps) {
  return (
    <label className={`flex items-baseline gap-3 ${disabled ? "text-muted" : ""}`}>
      <input
        type="radio"
        name="arrows"
        className="accent-accent"
        checked={checked}
        disabled={disabled}
        onChange={onChoose}
      />
      <span>
        {label}
        {hint !== null && <span className="block text-muted text-sm">{hint}</span>}
      </span>
    </label>
  );
}
