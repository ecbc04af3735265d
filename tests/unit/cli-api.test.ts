import { expect, it } from "vitest";
import { refusal } from "@/cli/api";

it("a refusal says in one line what is wrong and where, be that a member or the whole body", () => {
  const errors = [
    { pointer: "", detail: "must be an object" },
    { pointer: "/scores/0/score", detail: "must be a number" },
  ];
  const json = { title: "The request is not valid", detail: "Two things are wrong.", errors };
  expect(refusal({ status: 422, json })).toBe(
    "422: Two things are wrong.; must be an object; /scores/0/score must be a number",
  );
});

it("a refusal that did not come from Rungs still says its status", () => {
  expect(refusal({ status: 404, json: null })).toBe("404: no reason given");
});
