/**
 * `npm run image:pin`: writes the digests that the images of deploy/ have at present behind their versions, so that a build and a
 * start get just these. Run it again for a new digest, as after a fix in the base image.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, withDigests } from "./image-digests.mjs";
import { fail, root, say } from "./run.mjs";

for (const name of ["deploy/Dockerfile", "deploy/compose.yaml"]) {
  const file = join(root, name);
  const before = readFileSync(file, "utf8");
  const after = await withDigests(before, digestOf).catch((error) => fail(String(error.message)));
  if (after !== before) writeFileSync(file, after);
  say(`${name}: ${after === before ? "unchanged" : "pinned"}`);
}
