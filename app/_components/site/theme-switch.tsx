"use client";

import { useState } from "react";
import { ChoiceBar } from "./choice-bar";
import { keepChoice } from "./keep-choice";
import { type Theme, themeCookie } from "./theme";

interface ThemeSwitchProps {
  legend: string;
  initial: Theme;
  labels: Record<Theme, string>;
}

export function ThemeSwitch({ legend, initial, labels }: ThemeSwitchProps) {
  const [chosen, setChosen] = useState(initial);

  function choose(theme: Theme) {
    setChosen(theme);
    document.documentElement.toggleAttribute("data-theme", theme !== "system");
    if (theme !== "system") document.documentElement.dataset.theme = theme;
    keepChoice(themeCookie, theme);
  }

  return <ChoiceBar name="theme" legend={legend} labels={labels} chosen={chosen} onChoose={choose} />;
}
