import { expect, test } from "vitest";
import { cutToWidth, table } from "@/cli/columns";
import { createProgress } from "@/cli/progress";
import { clockText } from "@/cli/replay-status";
import { dueTo } from "@/cli/run-replay";

function output(terminal: { isTTY?: boolean; columns?: number }) {
  const written: string[] = [];
  return { ...terminal, write: (text: string) => written.push(text), written };
}

test("on a terminal the line is written over, and cut to the terminal's width", () => {
  const terminal = output({ isTTY: true, columns: 11 });
  const progress = createProgress(terminal);
  progress.update("one and more");
  progress.update("two");
  progress.note("A note.");
  progress.end();
  expect(terminal.written).toEqual(["one and mo", "\r\u001b[2Ktwo", "\r\u001b[2KA note.\ntwo", "\n"]);
});

test("without a terminal the first and the last state are written, not every one between", () => {
  const file = output({});
  const progress = createProgress(file);
  for (let i = 1; i <= 100; i++) progress.update(`step ${i}`);
  progress.end();
  expect(file.written).toEqual(["step 1\n", "step 100\n"]);
});

test("East Asian characters count as two columns", () => {
  expect(cutToWidth("a嘉然今", 4)).toBe("a嘉");
  expect(
    table(
      ["NAME", "N"],
      [
        ["嘉然", "1"],
        ["abc", "22"],
      ],
    ),
  ).toBe("NAME  N\n嘉然  1\nabc   22");
});

test("the contest's clock reads hours, minutes, seconds", () => {
  expect(clockText(3723.9)).toBe("1:02:03");
});

test("a batch holds what is due by the clock, and never more than one request may carry", () => {
  const posts = Array.from({ length: 2500 }, (_, i) => ({ at: i }));
  expect(dueTo(posts, 0, -1)).toBe(0);
  expect(dueTo(posts, 0, 9.5)).toBe(10);
  expect(dueTo(posts, 10, Number.POSITIVE_INFINITY)).toBe(1010);
  expect(dueTo(posts, 2010, Number.POSITIVE_INFINITY)).toBe(2500);
});
