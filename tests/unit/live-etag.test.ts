import { expect, it } from "vitest";
import { etagAt } from "@/app/_hooks/etag";

it("moves a tag to another position and leaves its suffix as it was", () => {
  const moved = etagAt('W/"ab12-7~3.100.0"', { epoch: "cd34", version: 12 });
  expect(moved).toBe('W/"cd34-12~3.100.0"');
});

it("gives the same tag back at the position it has", () => {
  expect(etagAt('W/"ab12-7~3.100.0"', { epoch: "ab12", version: 7 })).toBe('W/"ab12-7~3.100.0"');
});

it("makes no tag out of what is not one of ours", () => {
  for (const tag of [null, "", '"plain"', "*", 'W/"a~b" , W/"c~d"']) {
    expect(etagAt(tag, { epoch: "cd34", version: 12 })).toBeNull();
  }
});
