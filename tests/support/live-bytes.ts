/** What a Node process holds in memory, asked of its inspector (`--inspect`). */
import { once } from "node:events";
import { WebSocket } from "ws";

/** Bytes that are in use after a collection, with buffers outside of the heap. */
export async function liveBytes(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  await once(socket, "open");
  let id = 0;
  const ask = async (method: string, params: object = {}) => {
    const mine = ++id;
    socket.send(JSON.stringify({ id: mine, method, params }));
    for await (const [data] of onMessages(socket)) {
      const reply = JSON.parse(String(data));
      if (reply.id === mine) return reply.result;
    }
  };
  // Twice: what finalizers let go of is free the second time.
  for (let i = 0; i < 2; i++) await ask("HeapProfiler.collectGarbage");
  const expression = "(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())";
  const { result } = await ask("Runtime.evaluate", { expression });
  socket.close();
  return result.value;
}

async function* onMessages(socket: WebSocket): AsyncGenerator<unknown[]> {
  for (;;) yield await once(socket, "message");
}
