/** Alive: depends on nothing. */
export function GET(): Response {
  return Response.json(
    { status: "ok" },
    { headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" } },
  );
}

export const dynamic = "force-dynamic";
