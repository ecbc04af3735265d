import type { ReactNode } from "react";
import { SiteFooter } from "@/app/_components/site/site-footer";
import { SiteHeader } from "@/app/_components/site/site-header";
import { currentTheme } from "@/app/_server/current-theme";
import { getTexts } from "@/app/_texts/get-texts";

/** The pages that one walks through; what stands alone, on a screen in a hall for one, is under (bare). */
export default async function SiteLayout({ children }: { children: ReactNode }) {
  const t = await getTexts("site");
  return (
    <>
      <a
        href="#main"
        className="button button-primary fixed top-2 left-2 z-50 -translate-y-24 focus-visible:translate-y-0"
      >
        {t("skip")}
      </a>
      <SiteHeader />
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-5xl grow px-4 py-8 outline-none sm:px-6 sm:py-12">
        {children}
      </main>
      <SiteFooter theme={await currentTheme()} />
    </>
  );
}
