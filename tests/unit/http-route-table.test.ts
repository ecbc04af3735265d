import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RouteTable } from "@/lib/http/route-table";
import { anyText } from "@/tests/support/any-text";

const modules = { board: {}, boards: {}, player: {}, health: {} };
const table = new RouteTable({
  "/healthz": modules.health,
  "/api/boards": modules.boards,
  "/api/boards/[board]": modules.board,
  "/api/boards/[board]/players/[player]": modules.player,
});

describe("find", () => {
  test.each([
    ["/healthz", modules.health, {}],
    ["/api/boards", modules.boards, {}],
    ["/api/boards/x", modules.board, { board: "x" }],
    ["/api/boards/%5Bboard%5D", modules.board, { board: "[board]" }],
    ["/api/boards/x/players/a%2Fb", modules.player, { board: "x", player: "a/b" }],
    ["/api/boards/x/players/%2541", modules.player, { board: "x", player: "%41" }],
  ])("%s is found with its parameters decoded once", (path, module, params) => {
    const route = table.find(path);
    expect(route?.module).toBe(module);
    expect(route?.params).toEqual(params);
  });

  test.each(["/", "", "/healthz/", "/api", "/api/auth", "/api/boards/x/players", "/api/boards/x/y", "/API/boards"])(
    "%s is nowhere",
    (path) => {
      expect(table.find(path)).toBeNull();
    },
  );

  test.each(["/api/boards/%", "/api/boards/%zz", "/api/boards/%ff", "/api/boards/%ED%A0%80"])(
    "%s is malformed",
    (path) => {
      expect(() => table.find(path)).toThrow(URIError);
    },
  );

  test("whatever a player is called, the encoded id leads back to it", () => {
    fc.assert(
      fc.property(anyText(12), (player) => {
        const route = table.find(`/api/boards/x/players/${encodeURIComponent(player)}`);
        expect(route?.params).toEqual({ board: "x", player });
      }),
    );
  });
});

test("a table answers for everything below its first segments, and for nothing else", () => {
  for (const url of ["/healthz", "/healthz?x", "/api", "/api/", "/api/none", "/api?x=1"])
    expect(table.covers(url)).toBe(true);
  for (const url of ["/", "", "/apis", "/boards/x", "//api", "http://host/api", "*", "/?/api"])
    expect(table.covers(url)).toBe(false);
});
