/** Follows a stream of server-sent events just as far as to see which version a viewer has. */
const lineMax = 80;

export class FrameReader {
  readonly #onVersion: (version: number) => void;
  /** How the present frame begins. */
  #line = "";
  #endsWithNewline = false;

  /** Told the version that a frame's id names, once the frame is whole. */
  constructor(onVersion: (version: number) => void) {
    this.#onVersion = onVersion;
  }

  take(chunk: Buffer): void {
    // The reply's head comes before the first frame; frames have no carriage returns.
    const head = chunk.indexOf("\r\n\r\n");
    let at = head === -1 ? 0 : head + 4;
    if (this.#endsWithNewline && chunk[0] === 10) at = this.#endFrame(1);
    for (;;) {
      const end = chunk.indexOf("\n\n", at);
      const pieceEnd = end === -1 ? chunk.length : end;
      if (this.#line.length < lineMax) this.#line += chunk.toString("latin1", at, Math.min(pieceEnd, at + lineMax));
      if (end === -1) break;
      at = this.#endFrame(end + 2);
    }
    this.#endsWithNewline = at < chunk.length && chunk[chunk.length - 1] === 10;
  }

  #endFrame(at: number): number {
    const version = /^(?:retry: \d+\n)?id: [^\n]*-(\d+)\n/.exec(this.#line)?.[1];
    if (version !== undefined) this.#onVersion(Number(version));
    this.#line = "";
    return at;
  }
}
