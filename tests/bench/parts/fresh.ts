/** From post to glass: how old is what viewers see while a board changes 500 times a second. */
import { startRungs } from "@/tests/bench/contenders";
import { cpuSeconds } from "@/tests/bench/cpu";
import { type Dialogue, startDialogue } from "@/tests/bench/dialogue";
import type { BenchContext, BenchRow, BenchTable, Part, Target } from "@/tests/bench/part";
import { percentile } from "@/tests/bench/percentile";
import { program } from "@/tests/bench/processes";
import type { Posted } from "@/tests/bench/programs/post-load";
import type { Watched } from "@/tests/bench/programs/watch-load";

const postsPerSecond = 500;
/** A change may wait for so long to be sent with others. */
const coalesceMs = 250;

const full = { viewers: 1_000, seconds: 8 };
const short = { viewers: 20, seconds: 0.5, intervalMs: 400 };

export const fresh: Part = {
  name: "fresh",
  what: `From post to glass: ${postsPerSecond} posts a second on one board, watched by streams and by polls`,
  run,
};

interface Ages {
  p50: number[];
  p99: number[];
  max: number[];
}

async function run({ rounds, smoke, say }: BenchContext): Promise<BenchTable[]> {
  const { viewers, seconds } = smoke ? short : full;
  const rungs = await startRungs({ openFiles: 2 * viewers + 1_000 });
  await rungs.stream();
  const board = `${rungs.url}/api/v1/boards/${rungs.boardId}`;
  const load = (name: string) => startDialogue({ args: [program(name)], openFiles: viewers + 1_000 });
  const [posts, streaming, polling] = await Promise.all([load("post-load"), load("watch-load"), load("watch-load")]);
  await streaming.ask({ open: "stream", urls: [`${board}/stream`], count: viewers });
  await polling.ask({ open: "poll", urls: [board], count: viewers, ...(smoke && { intervalMs: short.intervalMs }) });
  const ages = { streaming: newAges(), polling: newAges(), answers: newAges() };
  const cores: number[] = [];
  for (let round = smoke ? 1 : 0; round <= rounds; round++) {
    say(`round ${round}`);
    await Promise.all([streaming.ask({ collect: true }), polling.ask({ collect: true })]);
    const [before, startedAt] = [cpuSeconds(...rungs.pids), performance.now()];
    const posting = { url: `${board}/scores`, headers: rungs.headers, perSecond: postsPerSecond, seconds };
    const posted = await posts.ask<Posted>(posting);
    const [after, endedAt] = [cpuSeconds(...rungs.pids), performance.now()];
    const [streamed, polled] = await Promise.all([seen(streaming, posted), seen(polling, posted)]);
    // The first round warms up.
    if (round === 0) continue;
    note(ages.streaming, agesOf(posted, streamed));
    note(ages.polling, agesOf(posted, polled));
    note(
      ages.answers,
      Float64Array.from(posted.posts, ({ sentAt, answeredAt }) => answeredAt - sentAt),
    );
    if (before !== null && after !== null) cores.push(((after - before) * 1000) / (endedAt - startedAt));
  }
  return tablesOf(viewers, ages, cores);
}

function newAges(): Ages {
  return { p50: [], p99: [], max: [] };
}

async function seen(viewers: Dialogue, { posts }: Posted): Promise<Watched> {
  await viewers.ask({ until: Math.max(...posts.map(({ version }) => version)) });
  return viewers.ask<Watched>({ collect: true });
}

/** For each post and each viewer, how long after it was sent the viewer had it, or what came after it. */
function agesOf({ posts }: Posted, { arrivals }: Watched): Float64Array {
  const inOrder = [...posts].sort((a, b) => a.version - b.version);
  const ages = new Float64Array(posts.length * arrivals.length);
  let filled = 0;
  for (const own of arrivals) {
    let at = 0;
    for (const { version, sentAt } of inOrder) {
      while ((own[at] as number) < version) at += 2;
      ages[filled++] = (own[at + 1] as number) - sentAt;
    }
  }
  return ages;
}

function note(ages: Ages, samples: Float64Array): void {
  samples.sort();
  ages.p50.push(percentile(samples, 0.5));
  ages.p99.push(percentile(samples, 0.99));
  ages.max.push(percentile(samples, 1));
}

function tablesOf(
  viewers: number,
  ages: Record<"streaming" | "polling" | "answers", Ages>,
  cores: number[],
): BenchTable[] {
  const rows = ({ p50, p99, max }: Ages): BenchRow[] => [
    { name: "Rungs, half of all", samples: p50 },
    { name: "Rungs, 99 of 100", samples: p99 },
    { name: "Rungs, the last", samples: max },
  ];
  const atMost = (of: string, ratio: number): Target => ({ of, to: null, bound: "at most", ratio });
  const crowd = viewers.toLocaleString("en");
  const counted = "Of every post for every viewer: until the viewer had it, or a later state.";
  return [
    {
      title: `${crowd} streaming viewers: post to glass`,
      unit: "ms",
      better: "less",
      rows: rows(ages.streaming),
      targets: [atMost("Rungs, half of all", coalesceMs + 30), atMost("Rungs, 99 of 100", coalesceMs + 150)],
      notes: [counted, `Changes are sent together, every ${coalesceMs} ms.`],
    },
    {
      title: `${crowd} polling viewers: post to glass`,
      unit: "ms",
      better: "less",
      rows: rows(ages.polling),
      targets: [atMost("Rungs, the last", 6_000)],
      notes: [counted, "They poll after the 5 seconds that the server asks for, 10 % more or less, as the page does."],
    },
    {
      title: "Post to its reply, meanwhile",
      unit: "ms",
      better: "less",
      rows: rows(ages.answers),
      targets: [],
      notes: [],
    },
    {
      title: "Server CPU meanwhile",
      unit: "cores",
      better: "less",
      rows: [coresRow(cores)],
      targets: [],
      notes: ["All processes, Postgres and Redis included."],
    },
  ];
}

function coresRow(cores: number[]): BenchRow {
  const row = { name: "Rungs", samples: cores };
  return cores.length > 0 ? row : { ...row, absent: "the system does not tell" };
}
