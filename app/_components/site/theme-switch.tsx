"use client";

import { useState } from "react";
import { type Theme, themeCookie, themes } from "./theme";

const labels: Record<Theme, string> = { light: "Light", dark: "Dark", system: "System" };
const keptSeconds = 365 * 24 * 60 * 60;

export function ThemeSwitch({ initial }: { initial: Theme }) {
  const [chosen, setChosen] = useState(initial);

  function choose(theme: Theme) {
    setChosen(theme);
    document.documentElement.toggleAttribute("data-theme", theme !== "system");
    if (theme !== "system") document.documentElement.dataset.theme = theme;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
    document.cookie = `${themeCookie}=${theme}; Path=/; Max-Age=${keptSeconds}; SameSite=Lax`;
  }

  return (
    <fieldset className="flex items-center gap-1 rounded-full border border-line bg-surface p-1 text-sm">
      <legend className="sr-only">Colour theme</legend>
      {themes.map((theme) => (
        <label
          key={theme}
          className="rounded-full px-3 py-1 text-muted has-checked:bg-sunken has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="theme"
            value={theme}
            checked={chosen === theme}
            onChange={() => choose(theme)}
            className="sr-only"
          />
          {labels[theme]}
        </label>
      ))}
    </fieldset>
  );
}
