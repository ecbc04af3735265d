import { de } from "./de";
import { en } from "./en";
import type { Translation } from "./message";

/** Every language of the pages. A further one is a file like `de.ts` and a place in here. */
export const catalogues = { en, de } satisfies Record<string, Translation>;

export type Language = keyof typeof catalogues;

/** The first is for those who want none of them. */
export const languages = Object.keys(catalogues) as [Language, ...Language[]];
