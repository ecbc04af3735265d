const fallback = "en";

/** The most preferred language of an `Accept-Language` header that numbers can be written in here. */
export function preferredLocale(acceptLanguage: string | null): string {
  const wishes = (acceptLanguage ?? "").split(",").map((wish) => {
    const [tag = "", quality = "q=1"] = wish.trim().split(/\s*;\s*/);
    return { tag, weight: Number(quality.replace("q=", "")) || 0 };
  });
  const ordered = wishes
    .filter(({ tag, weight }) => weight > 0 && isSupported(tag))
    .sort((a, b) => b.weight - a.weight);
  return ordered[0]?.tag ?? fallback;
}

function isSupported(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}
