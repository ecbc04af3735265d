import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { SiteFooter } from "@/app/_components/site/site-footer";
import { SiteHeader } from "@/app/_components/site/site-header";
import { readTheme, themeCookie } from "@/app/_components/site/theme";
import { getTexts } from "@/app/_texts/get-texts";
import { PageTexts } from "@/app/_texts/page-texts";
import "./globals.css";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTexts("site");
  return { title: { default: "Rungs", template: "%s · Rungs" }, description: t("description") };
}

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f6f3" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1211" },
  ],
};

/** Theme and language come with the request, so the first paint already has them: no script, no flash. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const t = await getTexts("site");
  const theme = readTheme((await cookies()).get(themeCookie)?.value);
  return (
    <html lang={t.language} data-theme={theme === "system" ? undefined : theme}>
      <body className="flex flex-col font-sans">
        <a
          href="#main"
          className="button button-primary fixed top-2 left-2 z-50 -translate-y-24 focus-visible:translate-y-0"
        >
          {t("skip")}
        </a>
        <SiteHeader />
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-5xl grow px-4 py-8 outline-none sm:px-6 sm:py-12">
          <PageTexts groups={["error"]}>{children}</PageTexts>
        </main>
        <SiteFooter theme={theme} />
      </body>
    </html>
  );
}
