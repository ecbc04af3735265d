/** Events by ws: the same text to every client, in a loop. */
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { receiveEvent } from "@/tests/bench/event-receiver";
import { listening } from "@/tests/bench/listening";

const server = createServer();
const sockets = new WebSocketServer({ server });
sockets.on("connection", (socket) => socket.send("welcome"));
server.on("request", (request, response) => {
  receiveEvent(request, response, (text) => {
    for (const socket of sockets.clients) socket.send(text);
  });
});
listening(server);
