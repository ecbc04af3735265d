import { expect, test } from "vitest";
import { requireSameOrigin } from "@/lib/auth/same-origin";

const publicUrl = "http://localhost:3000";
const json = { "content-type": "application/json", "content-length": "2" };

function attempt(headers: Record<string, string>, options: { method?: string; publicUrl?: string } = {}): string {
  const request = new Request("http://localhost:3000/api/v1/keys", { method: options.method ?? "POST", headers });
  try {
    requireSameOrigin(request, options.publicUrl ?? publicUrl);
    return "passes";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test.each([
  ["Sec-Fetch-Site: same-origin", { "sec-fetch-site": "same-origin" }],
  ["the configured origin", { origin: publicUrl }],
  ["the origin of the host it was sent to", { origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }],
])("a JSON request with %s passes", (_, headers) => {
  expect(attempt({ ...headers, ...json })).toBe("passes");
});

test.each([
  ["neither header", {}],
  ["Sec-Fetch-Site: cross-site", { "sec-fetch-site": "cross-site" }],
  ["Sec-Fetch-Site: same-site", { "sec-fetch-site": "same-site" }],
  ["Sec-Fetch-Site: none", { "sec-fetch-site": "none" }],
  ["Sec-Fetch-Site twice", { "sec-fetch-site": "same-origin, cross-site" }],
  ["Sec-Fetch-Site: cross-site beside the right Origin", { "sec-fetch-site": "cross-site", origin: publicUrl }],
  ["another origin", { origin: "https://evil.example", host: "localhost:3000" }],
  ["another port", { origin: "http://localhost:3001", host: "localhost:3000" }],
  ["a look-alike of the host", { origin: "http://localhost:3000.evil.example", host: "localhost:3000" }],
  ["Origin: null", { origin: "null", host: "localhost:3000" }],
  ["an empty Origin", { origin: "" }],
])("a JSON request with %s is forbidden", (_, headers) => {
  expect(attempt({ ...headers, ...json })).toBe("forbidden");
});

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/jsonp",
  "text/plain; application/json",
])("a body of type %s is forbidden even from the same origin", (type) => {
  expect(attempt({ "sec-fetch-site": "same-origin", "content-type": type, "content-length": "2" })).toBe("forbidden");
});

test("a body without a type is forbidden, told by its length or by its chunks", () => {
  expect(attempt({ "sec-fetch-site": "same-origin", "content-length": "2" })).toBe("forbidden");
  expect(attempt({ "sec-fetch-site": "same-origin", "transfer-encoding": "chunked" })).toBe("forbidden");
});

test("a request without a body needs no type", () => {
  expect(attempt({ "sec-fetch-site": "same-origin" }, { method: "DELETE" })).toBe("passes");
  expect(attempt({ "sec-fetch-site": "same-origin", "content-length": "0" })).toBe("passes");
});

test("JSON may name its character set", () => {
  expect(attempt({ "sec-fetch-site": "same-origin", "content-type": "application/json; charset=utf-8" })).toBe(
    "passes",
  );
});

test.each(["PUT", "PATCH", "DELETE"])("%s is guarded as POST is", (method) => {
  expect(attempt({ "sec-fetch-site": "cross-site" }, { method })).toBe("forbidden");
});

test.each(["GET", "HEAD", "OPTIONS"])("%s is not guarded, because it changes nothing", (method) => {
  expect(attempt({ "sec-fetch-site": "cross-site" }, { method })).toBe("passes");
});

test("under https the same host over http is another origin", () => {
  const secure = { publicUrl: "https://rungs.example" };
  expect(attempt({ origin: "https://rungs.example", host: "rungs.example", ...json }, secure)).toBe("passes");
  expect(attempt({ origin: "http://rungs.example", host: "rungs.example", ...json }, secure)).toBe("forbidden");
});
