/** Stands between a program and a server on this machine, and fails the ways networks and servers do. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { startLine } from "./tcp-line";

export interface TcpProxy {
  port: number;
  /** The given URL with this proxy in the place of its server. */
  through(url: string): string;
  /** Everything goes through unchanged and at once, from now on. */
  pass(): Promise<void>;
  /** Connections are cut, and new ones refused. */
  refuse(): Promise<void>;
  /** Connections carry nothing any more and stay open; new ones are taken and carry nothing either. */
  hang(): void;
  /** Connections that exist carry nothing any more, and stay open; new ones work. Gives how many there were. */
  freeze(only?: Only): number;
  /** Cuts the connections that exist; new ones work. */
  cut(only?: Only): number;
  /** Ends the connections that exist as a server does that goes away in order; new ones work. */
  end(only?: Only): number;
  /** New connections lead there, as after a change of a name in DNS. */
  lead(target: number | string): void;
  /** What is sent one way, or both, arrives so much later. */
  delay(ms: number, way?: Way): void;
  /** Every piece goes through these hands instead, which may forward it, change it, or end the connection. */
  tamper(hands: Tamper): void;
  close(): Promise<void>;
}

export type Way = "to-server" | "to-client";
export type Only = (connection: Connection) => boolean;
export type Tamper = (chunk: Buffer, way: Way, connection: Connection) => void;

export interface Connection {
  /** What the option `mark` has recognised. */
  marked: boolean;
  send(way: Way, chunk: Buffer): void;
  /** Nothing comes through any more, and both sides think the connection is open. */
  freeze(): void;
  /** What was sent arrives, then the connection ends. */
  end(): void;
  /** The connection is torn down at once. */
  reset(): void;
}

export interface TcpProxyOptions {
  /** Recognises a connection by what its client sends. */
  mark?: (sent: Buffer) => boolean;
}

/** @param target port, or URL, of the server behind */
export async function startTcpProxy(target: number | string, { mark }: TcpProxyOptions = {}): Promise<TcpProxy> {
  const portOf = (of: number | string) => (typeof of === "number" ? of : Number(new URL(of).port));
  let targetPort = portOf(target);
  const connections = new Set<Connection>();
  const frozen = new Set<Socket>();
  const delays: Record<Way, number> = { "to-server": 0, "to-client": 0 };
  let hanging = false;
  let tampering: Tamper | undefined;

  const server = createServer((near) => {
    const far = connect(targetPort, "127.0.0.1");
    const lines = {
      "to-server": startLine(near, far, () => delays["to-server"]),
      "to-client": startLine(far, near, () => delays["to-client"]),
    };
    const connection: Connection = {
      marked: false,
      send: (way, chunk) => lines[way].send(chunk),
      freeze: () => [near, far].forEach(stop),
      end() {
        lines["to-client"].end();
        far.destroy();
      },
      reset: () => void near.resetAndDestroy(),
    };
    connections.add(connection);
    forward(near, far, "to-server", connection);
    forward(far, near, "to-client", connection);
    near.on("close", () => connections.delete(connection));
    far.on("drain", () => frozen.has(near) || near.resume());
    near.on("drain", () => frozen.has(far) || far.resume());
    if (hanging) connection.freeze();

    function forward(from: Socket, to: Socket, way: Way, of: Connection): void {
      from.on("data", (chunk: Buffer) => {
        if (way === "to-server" && mark?.(chunk)) of.marked = true;
        if (tampering) tampering(chunk, way, of);
        else of.send(way, chunk);
      });
      from.on("end", () => lines[way].end());
      from.on("error", () => undefined);
      from.on("close", () => {
        frozen.delete(from);
        to.destroy();
      });
    }
  });

  function stop(socket: Socket): void {
    frozen.add(socket);
    socket.pause();
  }

  function each(only: Only, what: (connection: Connection) => void): number {
    const wanted = [...connections].filter(only);
    for (const connection of wanted) what(connection);
    return wanted.length;
  }

  const all: Only = () => true;
  const cut = (only = all) => each(only, (connection) => connection.reset());
  const freeze = (only = all) => each(only, (connection) => connection.freeze());

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
      tampering = undefined;
      Object.assign(delays, { "to-server": 0, "to-client": 0 });
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
    lead(to) {
      targetPort = portOf(to);
    },
    end: (only = all) => each(only, (connection) => connection.end()),
    delay(ms, way) {
      for (const one of way ? [way] : (["to-server", "to-client"] as const)) delays[one] = ms;
    },
    tamper(hands) {
      tampering = hands;
    },
    close: refuse,
  };
}
