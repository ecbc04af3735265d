import { describe, expect, it } from "vitest";
import { frameHeight, frameHtml } from "@/lib/domain/embed-frame";
import { embedOptions, embedQuery } from "@/lib/domain/embed-options";

it("writes a frame's HTML with nothing that could break out of it", () => {
  const frame = {
    address: "https://r.example/boards/b/embed?rows=5&player=%22",
    title: `"'<b>&amp;`,
    width: 9,
    height: 8,
  };
  expect(frameHtml(frame)).toBe(
    '<iframe src="https://r.example/boards/b/embed?rows=5&amp;player=%22" title="&quot;&#39;&lt;b&gt;&amp;amp;" ' +
      'width="9" height="8" loading="lazy" style="border: 0"></iframe>',
  );
});

it("is higher with more rows", () => {
  expect(frameHeight(11)).toBeGreaterThan(frameHeight(10));
});

describe("options", () => {
  const usual = { rows: 10, theme: "auto", player: null };

  it.each([
    [{}, usual],
    [
      { rows: "1", theme: "dark", player: "ada" },
      { rows: 1, theme: "dark", player: "ada" },
    ],
    [
      { rows: "100", theme: "light" },
      { rows: 100, theme: "light", player: null },
    ],
    [{ rows: "0" }, usual],
    [{ rows: "101", theme: "Dark", player: "" }, usual],
    [{ rows: "1.5", player: "a\u0000" }, usual],
    [{ rows: ["5", "6"], theme: ["dark", "dark"], player: ["a", "b"] }, usual],
    [{ rows: "ten", other: "x" }, usual],
  ])("%j are read as %j", (given, options) => {
    expect(embedOptions.parse(given)).toEqual(options);
  });

  it("go into an address and come back out of it, and the usual ones stay away", () => {
    expect(embedQuery(embedOptions.parse({}))).toBe("");
    const options = embedOptions.parse({ rows: "3", theme: "light", player: "a&b=#ü" });
    const query = embedQuery(options);
    expect(query).toMatch(/^\?rows=3&theme=light&player=/);
    expect(embedOptions.parse(Object.fromEntries(new URLSearchParams(query)))).toEqual(options);
  });
});
