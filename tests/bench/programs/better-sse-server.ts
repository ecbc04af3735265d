/** Streams by better-sse, as its documentation has it: one channel, one broadcast for each event. */
import { createServer } from "node:http";
import { createChannel, createSession } from "better-sse";
import { receiveEvent } from "@/tests/bench/event-receiver";
import { listening } from "@/tests/bench/listening";

const channel = createChannel();
const server = createServer((request, response) => {
  if (receiveEvent(request, response, (text) => void channel.broadcast(JSON.parse(text), "delta"))) return;
  void createSession(request, response).then((session) => {
    channel.register(session);
    session.push("welcome");
  });
});
listening(server);
