import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { currentTheme } from "@/app/_server/current-theme";
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
  const { language } = await getTexts("site");
  const theme = await currentTheme();
  return (
    <html lang={language} data-theme={theme === "system" ? undefined : theme}>
      <body className="flex flex-col font-sans">
        <PageTexts groups={["error"]}>{children}</PageTexts>
      </body>
    </html>
  );
}
