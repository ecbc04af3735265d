import { languages } from "@/app/_texts/catalogues";
import { getTexts } from "@/app/_texts/get-texts";
import { LanguageSwitch } from "./language-switch";
import type { Theme } from "./theme";
import { ThemeSwitch } from "./theme-switch";

export async function SiteFooter({ theme }: { theme: Theme }) {
  const t = await getTexts("site");
  const themeLabels = { light: t("theme.light"), dark: t("theme.dark"), system: t("theme.system") };
  return (
    <footer className="border-line border-t">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-5 sm:px-6">
        <p className="text-muted text-sm">
          <a className="link" href="/api/v1/openapi.json">
            API
          </a>
        </p>
        <div className="flex flex-wrap gap-3">
          <LanguageSwitch legend={t("language")} current={t.language} labels={ownNames()} />
          <ThemeSwitch legend={t("theme")} initial={theme} labels={themeLabels} />
        </div>
      </div>
    </footer>
  );
}

/** Each language by the name that its speakers know it by. */
function ownNames(): Record<string, string> {
  const names = languages.map((language) => {
    return [language, new Intl.DisplayNames(language, { type: "language" }).of(language) ?? language];
  });
  return Object.fromEntries(names);
}
