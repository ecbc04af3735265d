import { expect, test } from "vitest";
import { listen } from "@/lib/start/http-server";

test("until Rungs is ready every address says so, as a problem that pages of other sites may read", async () => {
  const server = await listen({ port: 0, host: "127.0.0.1", publicUrl: "http://localhost", keepAliveSeconds: 1 });
  for (const path of ["/healthz", "/api/v1/boards?limit=1", "/"]) {
    const reply = await fetch(`http://127.0.0.1:${server.port}${path}`);
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(reply.headers.get("access-control-allow-origin")).toBe("*");
    expect(await reply.json()).toMatchObject({ code: "unavailable", status: 503, instance: path.split("?")[0] });
  }
  await server.close(100);
});
