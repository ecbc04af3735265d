import { getTexts } from "@/app/_texts/get-texts";

/** For those without JavaScript, on pages that would otherwise keep themselves up to date. */
export async function NoScript() {
  const t = await getTexts("site");
  return (
    <noscript>
      <p className="mb-6 rounded-xl border border-caution bg-caution-soft px-4 py-3 text-caution">{t("noScript")}</p>
    </noscript>
  );
}
