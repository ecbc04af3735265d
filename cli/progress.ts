/** Progress in the terminal: one line that is written over, or without a terminal a line every few seconds. */
import { cutToWidth } from "./columns";

export interface Progress {
  /** The state of things now. */
  update(text: string): void;
  /** A line that stays. */
  note(text: string): void;
  /** Leaves the last update standing. */
  end(): void;
}

const plainIntervalMs = 5_000;
/** A terminal that does not say, or says 0, gets what fits everywhere. */
const columnsUnknown = 80;

export interface ProgressOutput {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

export function createProgress(output: ProgressOutput): Progress {
  return output.isTTY ? terminalProgress(output) : plainProgress(output);
}

function terminalProgress(output: ProgressOutput): Progress {
  let line = "";
  const wipe = () => (line === "" ? "" : "\r\u001b[2K");
  return {
    update(text) {
      const next = cutToWidth(text, (output.columns || columnsUnknown) - 1);
      output.write(wipe() + next);
      line = next;
    },
    note(text) {
      output.write(`${wipe()}${text}\n${line}`);
    },
    end() {
      if (line !== "") output.write("\n");
      line = "";
    },
  };
}

function plainProgress(output: ProgressOutput): Progress {
  let writtenAt = Number.NEGATIVE_INFINITY;
  let pending = "";
  const write = () => {
    output.write(`${pending}\n`);
    pending = "";
    writtenAt = performance.now();
  };
  return {
    update(text) {
      pending = text;
      if (performance.now() - writtenAt >= plainIntervalMs) write();
    },
    note(text) {
      output.write(`${text}\n`);
    },
    end() {
      if (pending !== "") write();
    },
  };
}
