import { handle, json } from "@/lib/http/handle";

/** Fit for traffic: 503 while Postgres is away or the instance drains; with `degraded` it is, but should be looked at. */
export const GET = handle(async ({ services }) => {
  const health = await services.health();
  return json(health, { status: health.status === "unavailable" ? 503 : 200 });
});
