import type { Theme } from "./theme";
import { ThemeSwitch } from "./theme-switch";

export function SiteFooter({ theme }: { theme: Theme }) {
  return (
    <footer className="border-line border-t">
      <div className="mx-auto flex max-w-5xl flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-5 sm:px-6">
        <p className="text-muted text-sm">
          <a className="link" href="/api/v1/openapi.json">
            API
          </a>
        </p>
        <ThemeSwitch initial={theme} />
      </div>
    </footer>
  );
}
