/** Stands between a program and a server it reaches by TCP, and fails the ways networks and servers do. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  port: number;
  /** The given URL with this proxy in the place of its server. */
  through(url: string): string;
  /** Connections that were made so far. */
  readonly connections: number;
  /** Everything goes through, from now on. */
  pass(): Promise<void>;
  /** Connections are cut, and new ones refused. */
  refuse(): Promise<void>;
  /** Connections stay open, and new ones are taken; nothing goes through. */
  hang(): void;
  /** Cuts the connections there are; new ones go through. */
  cut(): void;
  close(): Promise<void>;
}

/** @param target URL, or host and port, of the server behind */
export async function startTcpProxy(target: string | { host: string; port: number }): Promise<TcpProxy> {
  const { host, port: targetPort } = typeof target === "string" ? addressOf(target) : target;
  const pairs = new Set<[Socket, Socket]>();
  let hanging = false;
  let connections = 0;

  const server = createServer((near) => {
    connections++;
    const far = connect({ host, port: targetPort });
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    forward(near, far, pair);
    forward(far, near, pair);
  });

  function forward(from: Socket, to: Socket, pair: [Socket, Socket]): void {
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => hanging || from.resume());
    from.on("end", () => to.end());
    from.on("error", () => undefined);
    from.on("close", () => {
      to.destroy();
      pairs.delete(pair);
    });
    if (hanging) from.pause();
  }

  function cut(): void {
    for (const socket of [...pairs].flat()) socket.destroy();
  }

  async function listen(port: number): Promise<void> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  }

  async function stop(): Promise<void> {
    const closed = server.listening ? once(server, "close") : undefined;
    server.close();
    cut();
    await closed;
  }

  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    through(url) {
      const changed = new URL(url);
      changed.hostname = "127.0.0.1";
      changed.port = String(port);
      return changed.href;
    },
    get connections() {
      return connections;
    },
    async pass() {
      hanging = false;
      for (const socket of [...pairs].flat()) socket.resume();
      if (!server.listening) await listen(port);
    },
    refuse: stop,
    hang() {
      hanging = true;
      for (const socket of [...pairs].flat()) socket.pause();
    },
    cut,
    close: stop,
  };
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  if (port === "") throw new Error(`There is no port in ${url}.`);
  return { host: hostname, port: Number(port) };
}
