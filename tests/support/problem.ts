import { expect } from "vitest";
import { type ErrorCode, RungsError } from "@/lib/domain/errors";
import { describe, type Problem } from "@/lib/http/problem";
import { problemSchema } from "@/lib/http/reply-schemas";
import type { HttpReply } from "./http-client";

const members = ["type", "title", "status", "detail", "instance", "code", "errors", "request_id"];

/** Holds a refusal to RFC 9457 and to our own members; gives them. */
export function problemOf(reply: HttpReply) {
  expect(reply.headers["content-type"]).toBe("application/problem+json");
  expect(reply.headers["cache-control"]).toBe("no-store");
  const problem = problemSchema.parse(reply.json());
  expect(Object.keys(reply.json())).toEqual(members);
  expect(problem.request_id).toBe(reply.headers["x-request-id"]);
  expect(problem.status).toBe(reply.status);
  expect(problem.type).toBe(`/problems/${problem.code}`);
  for (const text of [problem.title, problem.detail]) expect(text.trim()).not.toBe("");
  // A line of a stack, or a path of this machine.
  expect(reply.text).not.toMatch(/\bat .*:\d+:\d+|node_modules|file:\/\//);
  if (reply.status === 401) expect(reply.headers["www-authenticate"]).toBe("Bearer");
  if (reply.status === 429 || reply.status === 503) expect(Number(reply.headers["retry-after"])).toBeGreaterThan(0);
  return problem;
}

/** How the API refuses a request. */
export function refusal(code: ErrorCode, more: { retryAfter?: number } = {}): Problem {
  return describe(new RungsError(code, "As a test has it.", more), { path: "/", requestId: "test" });
}

export function refusalResponse(...refused: Parameters<typeof refusal>): Response {
  const { body, ...init } = refusal(...refused);
  return new Response(body, init);
}
