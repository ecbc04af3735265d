/** Short conversations with a private Redis: is it there with this password, and the end of a left one. */
import { createClient } from "@redis/client";
import { poll, withDeadline } from "./deadline";

const answerMs = 2000;
const stopMs = 3000;

export function redisAnswers(url: string): Promise<boolean> {
  return inSession(url, async (client) => (await client.ping()) === "PONG").catch(() => false);
}

/** Ends the Redis that a killed Rungs left running. That it takes our random password proves that it is ours. */
export async function endOrphanedRedis(url: string): Promise<void> {
  if (!(await redisAnswers(url))) return;
  await inSession(url, (client) => client.sendCommand(["SHUTDOWN", "NOSAVE"])).catch(() => undefined);
  await poll(async () => ((await redisAnswers(url)) ? undefined : true), stopMs);
}

type Client = ReturnType<typeof newClient>;

function newClient(url: string) {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: answerMs } });
  // Failures also reach the caller, as rejections; without a listener they would end the process.
  return client.on("error", () => undefined);
}

async function inSession<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = newClient(url);
  try {
    await withDeadline(client.connect(), answerMs, "no connection");
    return await withDeadline(use(client), answerMs, "no answer");
  } finally {
    client.destroy();
  }
}
