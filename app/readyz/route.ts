import { handle, json } from "@/lib/http/handle";

/** Fit for traffic: 503 while Postgres is away or the instance drains; `degraded` while the rank index is away. */
export const GET = handle(async ({ services }) => {
  const health = await services.health();
  return json(health, { status: health.status === "down" || health.status === "draining" ? 503 : 200 });
});
