import { expect, test } from "vitest";
import { CpuSamples } from "@/tests/bench/cpu-samples";
import { Samples } from "@/tests/bench/samples";

const head = { title: "Time", unit: "s", better: "less" } as const;

test("samples become rows in the order in which contenders came, and one that nobody could tell is absent", () => {
  const samples = new Samples();
  samples.add("b", 2);
  samples.add("a", null);
  samples.add("b", 3);
  expect(samples.table(head)).toEqual({
    ...head,
    rows: [
      { name: "b", samples: [2, 3] },
      { name: "a", samples: [], absent: "the system does not tell" },
    ],
    targets: [],
    notes: [],
  });
});

test("processor time is that of the work, in microseconds for each thing done, of program and stores apart", async () => {
  const readings = [
    { program: 1, stores: null },
    { program: 1.5, stores: 2 },
  ];
  const cpu = new CpuSamples();
  const read = () => readings.shift() ?? { program: null, stores: null };
  expect(
    await cpu.during(
      "a",
      read,
      async () => 100,
      (done) => done,
    ),
  ).toBe(100);
  expect(cpu.program.table(head).rows).toEqual([{ name: "a", samples: [5_000] }]);
  expect(cpu.stores.table(head).rows).toMatchObject([{ name: "a", samples: [] }]);
});
