import { afterEach, describe, expect, it, vi } from "vitest";
import { type Answer, ask } from "@/app/_hooks/ask";
import { lookBack } from "@/app/_hooks/look-back";
import { send } from "@/app/_hooks/send";
import { hasShape } from "@/app/_hooks/shapes";
import { refusal, refusalResponse } from "@/tests/support/problem";

const shape = { id: "", sizes: [0] };
const good = { id: "a", sizes: [1, 2], more: null };

afterEach(() => vi.unstubAllGlobals());

function answering(reply: () => Response) {
  vi.stubGlobal("fetch", async () => reply());
}

async function kindOf(reply: () => Response, expected: typeof shape | null = shape): Promise<Answer<unknown>["kind"]> {
  answering(reply);
  return (await ask("/x", expected)).kind;
}

describe("a value has the shape of an example", () => {
  it("when it has all members of it, each of its type", () => {
    expect(hasShape(good, shape)).toBe(true);
    expect(hasShape({ ...good, sizes: [] }, shape)).toBe(true);
    expect(hasShape({ lists: [[null]] }, { lists: [[]] })).toBe(true);
  });

  it("and not with one that is missing, null, or of another type, at any depth", () => {
    const others = [null, undefined, "a", [], {}, { id: "a" }, { id: 1, sizes: [] }, { id: "a", sizes: {} }];
    for (const other of [
      ...others,
      { id: "a", sizes: [1, "2"] },
      { id: "a", sizes: [null] },
      { id: null, sizes: [] },
    ]) {
      expect([other, hasShape(other, shape)]).toEqual([other, false]);
    }
  });
});

describe("an answer", () => {
  it("is a reply only with JSON of the expected shape, or with nothing where nothing is expected", async () => {
    expect(await kindOf(() => Response.json(good))).toBe("found");
    expect(await kindOf(() => Response.json({ status: "ok" }))).toBe("none");
    expect(await kindOf(() => new Response('{"id":"a","sizes":[1'))).toBe("none");
    expect(await kindOf(() => new Response("<!doctype html>"))).toBe("none");
    expect(await kindOf(() => new Response(null, { status: 204 }), null)).toBe("found");
    expect(await kindOf(() => new Response(null, { status: 204 }))).toBe("none");
    expect(await kindOf(() => Response.json(good), null)).toBe("none");
  });

  it("is a refusal only with this API's problem details, whose Retry-After counts up to a minute", async () => {
    answering(() => refusalResponse("unavailable", { retryAfter: 3_600 }));
    expect(await ask("/x", shape)).toMatchObject({ kind: "refused", status: 503, retryAfterMs: 60_000 });
    const { body, ...init } = refusal("unavailable");
    expect(await kindOf(() => new Response(body, { ...init, headers: { "content-type": "application/json" } }))).toBe(
      "none",
    );
    expect(await kindOf(() => new Response(body.slice(0, -9), init))).toBe("none");
    expect(await kindOf(() => new Response(body.replace("/problems/", "/errors/"), init))).toBe("none");
  });
});

it("a past that is too long, and a board that is gone, are told by the API alone", async () => {
  const kinds = async (reply: () => Response) => {
    answering(reply);
    return (await lookBack("/x", shape, "no-cache")).kind;
  };
  expect(await kinds(() => refusalResponse("history-too-long"))).toBe("too-long");
  expect(await kinds(() => refusalResponse("board-not-found"))).toBe("gone");
  for (const status of [404, 409]) expect(await kinds(() => Response.json({}, { status }))).toBe("waiting");
  expect(await kinds(() => refusalResponse("board-exists"))).toBe("waiting");
});

it("a change counts as made when the API says so, and shows no words of others", async () => {
  answering(() => new Response(null, { status: 200 }));
  expect(await send("DELETE", "/x", null)).toEqual({ ok: false, problem: { errors: [] } });
  answering(() => Response.json({ message: "Buy more data" }, { status: 402 }));
  expect(await send("POST", "/x", {}, {})).toEqual({ ok: false, problem: { status: 402, errors: [] } });
  answering(() => refusalResponse("board-exists"));
  expect(await send("POST", "/x", {}, {})).toMatchObject({
    problem: { status: 409, code: "board-exists", detail: "As a test has it.", lang: "en" },
  });
});
