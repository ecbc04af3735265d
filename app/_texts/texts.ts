import { createElement, Fragment, type ReactNode } from "react";
import type { Group, Key, Message, Values } from "./message";

/** In whose words: the language of the texts, and the tag by which numbers and dates are written, such as `de-CH`. */
export interface Viewer {
  language: string;
  locale: string;
}

type Parameters<V> = keyof V extends never ? [] : [values: V];

/** The texts of one group for one viewer. Numbers among the values are written as the viewer writes them. */
export interface Texts<G extends Group> extends Viewer {
  <K extends Key<G>>(key: K, ...values: Parameters<Values<G, K, string | number>>): string;
  /** The same, with elements among the values. */
  rich<K extends Key<G>>(key: K, values: Values<G, K, ReactNode>): ReactNode;
}

export function createTexts<G extends Group>(
  messages: Readonly<Record<string, Message>>,
  { language, locale }: Viewer,
): Texts<G> {
  const number = new Intl.NumberFormat(locale);
  const rules: Partial<Record<Intl.PluralRuleType, Intl.PluralRules>> = {};

  function form(message: Message, { nth, count }: { nth?: number; count?: number }): string {
    if (typeof message === "string") return message;
    const type = nth === undefined ? "cardinal" : "ordinal";
    rules[type] ??= new Intl.PluralRules(language, { type });
    return message[rules[type].select(nth ?? count ?? 0)] ?? message.other;
  }

  /** Text and values by turns. */
  function parts(key: string, values: Record<string, ReactNode> = {}): ReactNode[] {
    const pieces = form(messages[key] ?? key, values as object).split(/\{(\w+)\}/);
    return pieces.map((piece, i) => {
      const value = i % 2 ? values[piece] : piece;
      return typeof value === "number" ? number.format(value) : value;
    });
  }

  const text = (key: string, values?: Record<string, ReactNode>) => parts(key, values).join("");
  const rich = (key: string, values: Record<string, ReactNode>) => createElement(Fragment, null, ...parts(key, values));
  return Object.assign(text, { rich, language, locale });
}
