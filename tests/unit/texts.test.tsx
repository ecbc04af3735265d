import { isValidElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { catalogues, type Language, languages } from "@/app/_texts/catalogues";
import type { Group, Message } from "@/app/_texts/message";
import { createTexts } from "@/app/_texts/texts";
import { viewerOf } from "@/app/_texts/viewer";
import { textsIn } from "@/tests/support/texts";

describe("the language", () => {
  const ask = (chosen: string | undefined, acceptLanguage: string | null) => {
    const { language, locale } = viewerOf(["en", "de"], chosen, acceptLanguage);
    return `${language} ${locale}`;
  };

  it("is the one the browser prefers most among those that exist, with numbers as that region writes them", () => {
    expect(ask(undefined, "xx-invalid-tag-zzzzzzzzzzz, en;q=0.5, de-CH;q=0.8")).toBe("de de-CH");
    expect(ask(undefined, "fr, DE-at;q=0.5")).toBe("de DE-at");
    expect(ask(undefined, "de;q=0, en-GB;q=0.1")).toBe("en en-GB");
    for (const header of [null, "", "*", ";;q=,", "und", "*;q=0.5, x"]) expect(ask(undefined, header)).toBe("en en");
  });

  it("is English where none is to be had, with the viewer's own numbers all the same", () => {
    expect(ask(undefined, "fr-CA, fr;q=0.9")).toBe("en fr-CA");
  });

  it("is the chosen one, whatever the browser prefers, and numbers follow it", () => {
    expect(ask("de", "en-US, de-AT;q=0.3")).toBe("de de-AT");
    expect(ask("de", "en-US")).toBe("de de");
    expect(ask("en", "de-CH")).toBe("en en");
    expect(ask("tlh", "de-CH")).toBe("de de-CH");
  });
});

describe("texts", () => {
  it("pick the plural form by the language's rules, and a language without the form its general one", () => {
    const polish = { one: "{count} punkt", few: "{count} punkty", other: "{count} punktów" };
    const texts = (language: string, points: Message) => {
      const t = createTexts<"home">({ players: points }, { language, locale: language });
      return [1, 2, 5, 22].map((count) => t("players", { count }));
    };
    expect(texts("pl", polish)).toEqual(["1 punkt", "2 punkty", "5 punktów", "22 punkty"]);
    expect(texts("ja", { other: "{count}点" })).toEqual(["1点", "2点", "5点", "22点"]);
    expect(texts("pl", "{count} p")).toEqual(["1 p", "2 p", "5 p", "22 p"]);
  });

  it("pick the form of an ordinal where the number is the parameter `nth`", () => {
    const forms = { one: "{nth}st", two: "{nth}nd", few: "{nth}rd", other: "{nth}th" };
    const t = createTexts<"home">({ players: forms }, { language: "en", locale: "en" });
    const places = [1, 2, 3, 4, 11, 12, 21, 1_002].map((nth) => t("players", { nth } as never));
    expect(places).toEqual(["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "1,002nd"]);
  });

  it("write numbers as the viewer does, not as the language's first region", () => {
    expect(textsIn("de", "home")("players", { count: 1_234_567 })).toBe("1.234.567 Spieler");
    expect(textsIn("en", "home", "en-IN")("players", { count: 1_234_567 })).toBe("12,34,567 players");
    expect(textsIn("en", "home", "de")("players", { count: 1_234_567 })).toBe("1.234.567 players");
  });

  it("take elements for values, and leave braces in values alone", () => {
    const t = textsIn("en", "board");
    const node = t.rich("unknown", { player: <bdi>{"{player}"}</bdi> });
    expect(isValidElement(node)).toBe(true);
    expect(renderToStaticMarkup(node)).toBe("Nobody here goes by <bdi>{player}</bdi> yet.");
    expect(t("leaderSaid", { name: "{name} $& <b>" })).toBe("{name} $& <b> leads.");
  });
});

describe.each(languages)("the catalogue %s", (language) => {
  it("has the same parameters in its texts as English", () => {
    const english = messagesOf("en");
    for (const [place, forms] of messagesOf(language)) {
      expect([place, parameters(forms)]).toEqual([place, parameters(english.get(place) ?? [])]);
    }
  });

  it("has no text that is empty, unbalanced or has spaces too many", () => {
    for (const [place, forms] of messagesOf(language)) {
      for (const form of forms) {
        expect([place, form.replace(/\{\w+\}/g, "x")]).toEqual([place, expect.stringMatching(/^\S[^{}]*$/)]);
        expect([place, form]).toEqual([place, expect.not.stringContaining("  ")]);
      }
    }
  });
});

/** The forms of every message, by `group.key`. */
function messagesOf(language: Language): Map<string, string[]> {
  const groups = Object.entries(catalogues[language]) as [Group, Record<string, Message>][];
  return new Map(
    groups.flatMap(([group, messages]) =>
      Object.entries(messages).map(([key, message]): [string, string[]] => [
        `${group}.${key}`,
        typeof message === "string" ? [message] : Object.values(message),
      ]),
    ),
  );
}

/** Of all forms together: one for a single thing may go without its number. */
function parameters(forms: readonly string[]): string[] {
  return [...new Set(forms.join().match(/\{\w+\}/g))].sort();
}
