import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embedHosts, embedHostsMax, frameAncestors } from "@/lib/domain/embed-hosts";
import { anyText } from "@/tests/support/any-text";

const read = (...hosts: unknown[]) => embedHosts.safeParse(hosts);
const problem = (...hosts: unknown[]) => read(...hosts).error?.issues.map(({ path, message }) => [path, message]);

describe("hosts that may embed a board", () => {
  it.each([
    ["example.org", "example.org"],
    ["Example.ORG", "example.org"],
    ["https://example.org/", "example.org"],
    ["HTTPS://example.org:443", "example.org"],
    ["example.org:8443", "example.org:8443"],
    ["example.org:080", "example.org:80"],
    ["*.Example.org", "*.example.org"],
    ["https://*.example.org:8443/", "*.example.org:8443"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["ＥＸＡＭＰＬＥ.org", "example.org"],
    ["intranet", "intranet"],
    ["localhost", "localhost"],
    ["http://localhost:5173", "localhost:5173"],
    ["http://localhost:80", "localhost"],
    ["shop.localhost:3000", "shop.localhost:3000"],
    ["http://127.0.0.1:8080", "127.0.0.1:8080"],
    [`${"a".repeat(63)}.example.org`, `${"a".repeat(63)}.example.org`],
  ])("%s is kept as %s", (given, kept) => {
    expect(read(given).data).toEqual([kept]);
    expect(read(kept).data).toEqual([kept]);
  });

  const noHost = "must be a host such as example.org, example.org:8443 or *.example.org";
  it.each([
    ...["", " ", "example.org/page", "example.org?x", "example.org#x", "a b", "user@example.org", "ftp://example.org"],
    ...["*.*.example.org", "ex*mple.org", "example.*", "*example.org", "**", "https://*", "'none'", "[::1]", "::1"],
    ...["example.org:0", "example.org:65536", "example.org:", "example.org:x", "example.org;", "example.org,a.org"],
    ...["example..org", ".example.org", "example.org.", "-a.org", "a-.org", "under_score.org", "%65xample.org"],
    ...["example.org\n", "example.org\\a", "xn--a.org", `${"a".repeat(64)}.org`, `${"a.".repeat(126)}aa`],
  ])("%j is none", (given) => {
    expect(problem(given)).toEqual([[[0], noHost]]);
  });

  it.each([
    ["http://example.org", "must be a site with https, or localhost"],
    ["192.0.2.7", "must be a name: browsers compare no addresses but 127.0.0.1"],
    ["192.0.2.7:8443", "must be a name: browsers compare no addresses but 127.0.0.1"],
    ["3221225991", "must be a name: browsers compare no addresses but 127.0.0.1"],
    ["*.org", "must have a name of two parts at least behind the *, as in *.example.org"],
    ["*.127.0.0.1", "must have a name of two parts at least behind the *, as in *.example.org"],
    ["a".repeat(256), "must have at most 255 characters"],
  ])("%s is refused with a reason", (given, reason) => {
    expect(problem(given)).toEqual([[[0], reason]]);
  });

  it("name the line at fault, and each of several", () => {
    expect(problem("example.org", "a b", "example.com", 7)?.map(([path]) => path)).toEqual([[1], [3]]);
  });

  it("are any site or some, and at most so many", () => {
    expect(read("*").data).toEqual(["*"]);
    expect(problem("*", "example.org")).toEqual([[[], "must have * alone, or not at all"]]);
    const many = Array.from({ length: embedHostsMax + 1 }, (_, i) => `h${i}.example`);
    expect(problem(...many)).toEqual([[[], "must have at most 50 hosts"]]);
    expect(read(...many.slice(1)).data).toEqual(many.slice(1));
  });

  it("are kept once, however they are written", () => {
    expect(read("example.org", "https://EXAMPLE.org/", "example.org:443").data).toEqual(["example.org"]);
  });
});

describe("the policy", () => {
  it("lets nobody in, anybody, or hosts by https, and this machine by http too", () => {
    expect(frameAncestors([])).toBe("'none'");
    expect(frameAncestors(["*"])).toBe("*");
    expect(frameAncestors(["example.org", "*.example.org:8443", "localhost:5173", "127.0.0.1", "a.localhost"])).toBe(
      "https://example.org https://*.example.org:8443 http://localhost:5173 http://127.0.0.1 http://a.localhost",
    );
    expect(frameAncestors(["localhost.example.org", "notlocalhost"])).toBe(
      "https://localhost.example.org https://notlocalhost",
    );
  });

  it("has one plain source for each host, whatever was typed", () => {
    const piece = fc.constantFrom(
      "*.",
      "https://",
      "http://",
      "a",
      "ü",
      ".",
      ":",
      "1",
      "127.0.0.1",
      "/",
      ";",
      " ",
      "'",
    );
    const typed = fc.oneof(
      anyText(12),
      fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(fc.array(typed, { maxLength: 3 }), (hosts) => {
        const { data } = read(...hosts);
        fc.pre(data !== undefined && data.length > 0);
        const sources = frameAncestors(data).split(" ");
        expect(sources).toHaveLength(data.length);
        for (const source of sources) {
          expect(source).toMatch(/^(\*|https?:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?)$/);
        }
        expect(read(...data).data).toEqual(data);
      }),
      { numRuns: 500, maxSkipsPerRun: 1_000 },
    );
    // Most of what is typed is no host, so that it takes a second or two of a processor that is free.
  }, 60_000);
});
