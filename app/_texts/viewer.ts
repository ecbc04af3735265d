import type { Viewer } from "./texts";

/** The cookie that keeps a chosen language. */
export const languageCookie = "language";

/**
 * The language to write to somebody in, and the tag for numbers and dates.
 * @param languages those that there is a catalogue of, the first for those who want none of them.
 * @param chosen the cookie's value: it outweighs what the browser asks for.
 */
export function viewerOf<Language extends string>(
  languages: readonly [Language, ...Language[]],
  chosen: string | undefined,
  acceptLanguage: string | null,
): Viewer & { language: Language } {
  const wishes = wishedLocales(acceptLanguage);
  const choice = languages.find((language) => language === chosen);
  const wished = wishes.map((tag) => languages.find((language) => language === languageOf(tag))).find(Boolean);
  const language = choice ?? wished ?? languages[0];
  const regional = wishes.find((tag) => languageOf(tag) === language);
  // Numbers stay their own for those whose language is not to be had, and follow the texts for those who chose.
  return { language, locale: regional ?? (choice ? language : (wishes[0] ?? language)) };
}

/** The languages of an `Accept-Language` header that numbers can be written in here, the most preferred first. */
function wishedLocales(acceptLanguage: string | null): string[] {
  const wishes = (acceptLanguage ?? "").split(",").map((wish) => {
    const [tag = "", quality = "q=1"] = wish.trim().split(/\s*;\s*/);
    return { tag, weight: Number(quality.replace("q=", "")) || 0 };
  });
  return wishes
    .filter(({ tag, weight }) => weight > 0 && isSupported(tag))
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

function isSupported(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

function languageOf(tag: string): string {
  return new Intl.Locale(tag).language;
}
