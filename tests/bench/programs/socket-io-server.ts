/** Events by socket.io over WebSocket, emitted to everyone. */
import { createServer } from "node:http";
import { Server } from "socket.io";
import { receiveEvent } from "@/tests/bench/event-receiver";
import { listening } from "@/tests/bench/listening";

const server = createServer();
const io = new Server(server, { serveClient: false, transports: ["websocket"] });
server.on("request", (request, response) => {
  receiveEvent(request, response, (text) => void io.emit("delta", JSON.parse(text)));
});
listening(server);
