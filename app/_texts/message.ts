/** What a catalogue of texts is made of. Types only: the browser gets messages from the server, never a catalogue. */
import type { en } from "./en";

/**
 * One text for each plural category of the language (`Intl.PluralRules`), picked by the parameter `count`, or, for
 * ordinals such as "2nd", by `nth`. A category that a language does not list falls back to `other`.
 */
export type PluralForms = { readonly other: string } & { readonly [Category in Intl.LDMLPluralRule]?: string };

/** A text with `{parameters}` in it. */
export type Message = string | PluralForms;

type English = typeof en;

export type Group = keyof English;
export type Key<G extends Group> = keyof English[G] & string;

/** A catalogue in another language: the groups and keys of English, no fewer and no more. */
export type Translation = { readonly [G in Group]: { readonly [K in Key<G>]: Message } };

type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type NamesOf<M> = M extends string ? NamesIn<M> : NamesIn<M[keyof M]> | PickedBy<NamesIn<M[keyof M]>>;
type PickedBy<Names> = "nth" extends Names ? "nth" : "count";

/** The values that the parameters of an English message ask for. */
export type Values<G extends Group, K extends Key<G>, Value> = {
  readonly [Name in NamesOf<English[G][K]>]: Name extends "count" | "nth" ? number : Value;
};
