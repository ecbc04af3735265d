/** Stands between a program and a server on this machine, and fails the ways networks and servers do. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  port: number;
  /** The given URL with this proxy in the place of its server. */
  through(url: string): string;
  /** Everything goes through, from now on. */
  pass(): Promise<void>;
  /** Connections are cut, and new ones refused. */
  refuse(): Promise<void>;
  /** Connections carry nothing any more and stay open; new ones are taken and carry nothing either. */
  hang(): void;
  /** Connections that exist carry nothing any more, and stay open; new ones work. */
  freeze(): void;
  /** Cuts the connections that exist; new ones work. */
  cut(): void;
  close(): Promise<void>;
}

/** @param target port, or URL, of the server behind */
export async function startTcpProxy(target: number | string): Promise<TcpProxy> {
  const targetPort = typeof target === "number" ? target : Number(new URL(target).port);
  const sockets = new Set<Socket>();
  const frozen = new Set<Socket>();
  let hanging = false;

  const server = createServer((near) => {
    const far = connect(targetPort, "127.0.0.1");
    forward(near, far);
    forward(far, near);
  });

  function forward(from: Socket, to: Socket): void {
    sockets.add(from);
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => frozen.has(from) || from.resume());
    from.on("end", () => to.end());
    from.on("error", () => undefined);
    from.on("close", () => {
      sockets.delete(from);
      frozen.delete(from);
      to.destroy();
    });
    if (hanging) stop(from);
  }

  function stop(socket: Socket): void {
    frozen.add(socket);
    socket.pause();
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  function freeze(): void {
    for (const socket of sockets) stop(socket);
  }

  async function listen(at: number): Promise<number> {
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  async function refuse(): Promise<void> {
    const closed = server.listening ? once(server, "close") : undefined;
    server.close();
    cut();
    await closed;
  }

  const port = await listen(0);
  return {
    port,
    through(url) {
      const changed = new URL(url);
      changed.hostname = "127.0.0.1";
      changed.port = String(port);
      return changed.href;
    },
    async pass() {
      hanging = false;
      for (const socket of frozen) socket.resume();
      frozen.clear();
      if (!server.listening) await listen(port);
    },
    refuse,
    hang() {
      hanging = true;
      freeze();
    },
    freeze,
    cut,
    close: refuse,
  };
}
