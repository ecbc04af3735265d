/** Sends requests as fast as the server answers: some connections with many under way, others for one request each. */
import { connect, type Socket } from "node:net";
import type { Judge } from "./judge";
import { ReplyParser } from "./reply-parser";
import type { FuzzRequest } from "./requests";

const underWay = 48;
const patienceMs = 60_000;
const streamMs = 300;

export interface Target {
  port: number;
  judge: Judge;
  /** Whether to stop as soon as everything sent is answered. */
  isOver(): boolean;
}

/** Every address of 127/8 is this machine's; budgets of an address are thus those of many. */
function open(port: number, address: number): Socket {
  const localAddress = `127.0.${1 + (address % 200)}.${1 + (address % 250)}`;
  const socket = connect({ port, host: "127.0.0.1", localAddress, allowHalfOpen: true });
  return socket.setNoDelay(true).on("error", () => undefined);
}

/** Many requests under way on a connection at a time; a new connection where the server closed the last. */
export async function pipeline(
  { port, judge, isOver }: Target,
  make: () => FuzzRequest,
  address: number,
): Promise<void> {
  for (let turn = 0; !isOver(); turn++) {
    const waiting: FuzzRequest[] = [];
    const socket = open(port, address + turn);
    const send = () => {
      const made = Array.from({ length: underWay - waiting.length }, make);
      for (const request of made) {
        judge.sent();
        waiting.push(request);
      }
      socket.write(Buffer.from(made.map(({ bytes }) => bytes).join(""), "latin1"));
    };
    const parser = new ReplyParser(
      () => waiting[0]?.method === "HEAD",
      (reply) => {
        const request = waiting.shift();
        if (request) judge.judge(request, reply);
      },
    );
    await talk(socket, judge, () => waiting[0], {
      begin: send,
      hear(bytes) {
        parser.push(bytes);
        if (parser.isOpenEnded || (isOver() && waiting.length === 0)) socket.destroy();
        else if (waiting.length <= underWay / 2 && !isOver()) send();
      },
    });
  }
}

/** One request on a connection, whose client closes its half behind it; a stream is left after its beginning. */
export async function alone({ port, judge, isOver }: Target, make: () => FuzzRequest, address: number): Promise<void> {
  for (let turn = 0; !isOver(); turn++) {
    const request = make();
    const socket = open(port, address + turn);
    const parser = new ReplyParser(
      () => request.method === "HEAD",
      (reply) => judge.judge(request, reply),
    );
    await talk(socket, judge, () => request, {
      begin() {
        judge.sent();
        socket.end(Buffer.from(request.bytes, "latin1"));
      },
      hear: (bytes) => parser.push(bytes),
    });
  }
}

/** Bytes of which it cannot be told how many requests they are; what comes back is looked through for statuses. */
export async function shout({ port, judge, isOver }: Target, make: () => FuzzRequest, address: number): Promise<void> {
  for (let turn = 0; !isOver(); turn++) {
    const request = make();
    const socket = open(port, address + turn);
    const chunks: Buffer[] = [];
    await talk(socket, judge, () => request, {
      begin() {
        judge.sent();
        socket.end(Buffer.from(request.bytes, "latin1"));
      },
      hear: (bytes) => chunks.push(bytes),
    });
    const heads = Buffer.concat(chunks)
      .toString("latin1")
      .matchAll(/HTTP\/1\.1 (\d{3}) [\s\S]*?\r\n(?=\r\n)/g);
    for (const [head, status] of heads) judge.judge({ ...request, target: "" }, { status: Number(status), head });
  }
}

interface Talk {
  begin(): void;
  hear(bytes: Buffer): void;
}

/** Until the connection is closed; one on which nothing comes for a minute is a violation. */
function talk(
  socket: Socket,
  judge: Judge,
  waitsFor: () => FuzzRequest | undefined,
  { begin, hear }: Talk,
): Promise<void> {
  return new Promise((resolve) => {
    let isStream = false;
    socket.setTimeout(patienceMs, () => {
      const request = waitsFor();
      if (request) judge.report(`no reply within ${patienceMs} ms`, request);
      socket.destroy();
    });
    socket.once("connect", begin);
    socket.on("data", (bytes) => {
      try {
        hear(bytes);
      } catch (error) {
        const request = waitsFor();
        if (request) judge.report(String(error), request);
        socket.destroy();
      }
      if (isStream || !bytes.includes("text/event-stream")) return;
      isStream = true;
      setTimeout(() => socket.destroy(), streamMs);
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve());
  });
}
