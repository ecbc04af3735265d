import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameReader } from "@/tests/bench/frame-reader";
import { percentile } from "@/tests/bench/percentile";
import { ReplyReader } from "@/tests/bench/reply-reader";

/** The text in pieces, cut at these places. */
function pieces(text: string, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % text.length))].sort((a, b) => a - b);
  return [0, ...at]
    .map((from, i) => Buffer.from(text.slice(from, at[i] ?? text.length)))
    .filter(({ length }) => length > 0);
}

const anyCuts = fc.array(fc.nat(10_000), { maxLength: 12 });

const frames = [
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nretry: 1000\n\n",
  `id: abcdefgh-7\nevent: snapshot\ndata: {"long":"${"x".repeat(300)}"}\n\n`,
  'event: heartbeat\ndata: {"version":9}\n\n',
  'id: abcdefgh-12\nevent: delta\ndata: {"from":7,"to":12}\n\n',
  'id: ab-13\nevent: delta\ndata: {"from":12,"to":13}\n\n',
].join("");

test("the reader of frames sees each id once its frame is whole, however the stream is cut", () => {
  fc.assert(
    fc.property(anyCuts, (cuts) => {
      const versions: number[] = [];
      const reader = new FrameReader((version) => versions.push(version));
      for (const piece of pieces(frames, cuts)) reader.take(piece);
      expect(versions).toEqual([7, 12, 13]);
    }),
  );
  const versions: number[] = [];
  const reader = new FrameReader((version) => versions.push(version));
  reader.take(Buffer.from("id: ab-5\nevent: delta\ndata: {}\n"));
  expect(versions).toEqual([]);
  reader.take(Buffer.from("\n"));
  expect(versions).toEqual([5]);
});

const replies = {
  "with a length": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx: 1\r\n\r\nhello",
  chunked: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  "without a body": "HTTP/1.1 200 OK\r\netag: x\r\n\r\n",
};

test.each(Object.entries(replies))(
  "the reader of replies finds the end of one %s, twice, however it is cut",
  (_kind, text) => {
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const reader = new ReplyReader(200);
        for (let time = 0; time < 2; time++) {
          const ends = pieces(text, cuts).map((piece) => reader.isWhole(piece, piece.length));
          expect(ends.indexOf(true)).toBe(ends.length - 1);
        }
      }),
    );
  },
);

test("the reader of replies refuses another status, and a percentile is one of the samples", () => {
  const refused = Buffer.from("HTTP/1.1 500 Oops\r\n\r\n");
  expect(() => new ReplyReader(200).isWhole(refused, refused.length)).toThrow("expected HTTP/1.1 200");
  const sorted = Array.from({ length: 200 }, (_, i) => i + 1);
  expect([0.5, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([100, 198, 200]);
});
