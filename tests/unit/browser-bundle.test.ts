import { build } from "esbuild";
import { expect, it } from "vitest";

it("keeps the schema library, every catalogue of texts and everything of the server out of what the board page loads", async () => {
  const { metafile } = await build({
    entryPoints: ["app/_components/board/live-board-page.tsx"],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    external: ["react", "react-dom", "react/*", "next/*", "swr", "idb-keyval"],
    logLevel: "silent",
  });
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const files = used.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  const allowed = /^(app\/_components\/|app\/_hooks\/|app\/_texts\/(ago|(use-)?texts)\.|lib\/domain\/)/;
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((path) => !allowed.test(path))).toEqual([]);
});
