import { getTexts } from "@/app/_texts/get-texts";
import { Logo } from "./logo";

export async function SiteHeader() {
  const t = await getTexts("site");
  return (
    <header className="border-line border-b bg-surface">
      <div className="mx-auto flex min-h-14 max-w-5xl flex-wrap items-center justify-between gap-x-2 px-4 sm:px-6">
        <a href="/" className="flex items-center gap-2 rounded-md py-1 pr-1 font-semibold text-lg tracking-tight">
          <Logo className="size-6 text-accent" />
          Rungs
        </a>
        <nav
          aria-label={t("navigation")}
          className="flex items-center text-sm max-sm:-mr-1.5 max-[22rem]:text-[0.8125rem] sm:gap-1"
        >
          <NavLink href="/">{t("boards")}</NavLink>
          <NavLink href="/settings">{t("settings")}</NavLink>
        </nav>
      </div>
    </header>
  );
}

function NavLink({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} className="rounded-md px-1.5 py-2 sm:px-3 text-muted hover:bg-sunken hover:text-ink">
      {children}
    </a>
  );
}
