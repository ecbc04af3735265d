import { catalogues, type Language } from "@/app/_texts/catalogues";
import type { Group } from "@/app/_texts/message";
import { createTexts, type Texts } from "@/app/_texts/texts";

/** The texts of a group as a viewer of that language, and with numbers of that locale, gets them. */
export function textsIn<G extends Group>(language: Language, group: G, locale: string = language): Texts<G> {
  return createTexts(catalogues[language][group], { language, locale });
}
