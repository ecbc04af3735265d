/** How the peers hear of an event: a POST with its JSON. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Takes `POST /event`; false for any other request. */
export function receiveEvent(
  request: IncomingMessage,
  response: ServerResponse,
  send: (text: string) => void,
): boolean {
  if (request.method !== "POST") return false;
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    send(Buffer.concat(chunks).toString());
    response.end();
  });
  return true;
}
