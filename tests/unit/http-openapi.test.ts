import { expect, test } from "vitest";
import { routes } from "@/app/api/routes";
import { openApiDocument } from "@/lib/http/openapi";

interface Operation {
  parameters?: { in: string; name: string; description?: string; schema: object }[];
  responses: Record<string, { content?: Record<string, unknown> }>;
}

const { paths } = openApiDocument() as { paths: Record<string, Record<string, Operation>> };

/** For the settings page's own use, and the document itself. */
const unlisted = ["/api/v1/boards/{board}/activity", "/api/v1/openapi.json"];

test("every route of version 1 is in the document, with each of its methods, and nothing that is not there", () => {
  const served = Object.entries(routes)
    // What a page of another site asks before it reads is no operation of its own.
    .map(([path, module]) => [path, Object.keys(module).filter((method) => method !== "OPTIONS")] as const)
    .map(([path, methods]) => [path.replaceAll(/\[(\w+)\]/g, "{$1}"), methods] as const)
    .filter(([path]) => path.startsWith("/api/v1/") && !unlisted.includes(path));
  const described = Object.keys(paths).filter((path) => path.startsWith("/api/v1/"));
  expect(described.toSorted()).toEqual(served.map(([path]) => path).toSorted());
  for (const [path, methods] of served) {
    const operations = Object.keys(paths[path] ?? {}).map((method) => method.toUpperCase());
    expect([path, operations.toSorted()]).toEqual([path, methods.toSorted()]);
  }
});

test("every operation says how it refuses", () => {
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    expect(operation.responses.default?.content).toHaveProperty(["application/problem+json"]);
  }
});

test("every parameter of a query or header says what it is for, but for the extent of a page", () => {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).flatMap(({ parameters = [] }) => parameters.map((parameter) => ({ path, ...parameter }))),
  );
  const silent = operations.filter(({ description, ...one }) => one.in !== "path" && !description);
  expect(silent.filter(({ name }) => name !== "limit" && name !== "offset")).toEqual([]);
  const key = operations.find(({ name }) => name === "Idempotency-Key");
  for (const term of ["24 hours", "same board", "mean"]) expect(key?.description).toContain(term);
});

test("a query parameter that is a number is described as one", () => {
  const parameters = paths["/api/v1/boards/{board}"]?.get?.parameters ?? [];
  const schemas = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
  expect(schemas.limit).toEqual({ type: "integer", minimum: 1, maximum: 1_000, default: 100 });
  expect(schemas.offset).toMatchObject({ type: "integer", minimum: 0, default: 0 });
});
