/** What any request may be answered with, and how often each was. */
import type { RawReply } from "./reply-parser";
import type { FuzzRequest } from "./requests";

/** Of one kind. */
const violationsMax = 5;
const oftenFrom = 500;

export class Judge {
  /** With their requests, by what is wrong. */
  readonly #violations = new Map<string, string[]>();
  /** Replies by route and status. */
  readonly counts = new Map<string, Map<number, number>>();
  requests = 0;
  replies = 0;

  sent(): void {
    this.requests++;
  }

  judge(request: FuzzRequest, { status, head }: RawReply): void {
    this.replies++;
    const counts = this.counts.get(request.route) ?? new Map<number, number>();
    counts.set(status, (counts.get(status) ?? 0) + 1);
    this.counts.set(request.route, counts);
    const problem = problemOf(request, status, head);
    if (problem) this.report(problem, request, head);
  }

  report(problem: string, request: FuzzRequest, head = ""): void {
    const alike = this.#violations.get(problem) ?? [];
    this.#violations.set(problem, alike);
    if (alike.length >= violationsMax) return;
    alike.push(`${problem}\n${JSON.stringify(request.bytes.slice(0, 2_000))}\n${head}`);
  }

  /** The first few of each kind. */
  get violations(): string[] {
    return [...this.#violations.values()].flat();
  }

  /** By thousands of replies, so that a look shows what was reached. */
  table(): string {
    const rows = [...this.counts].toSorted(([a], [b]) => a.localeCompare(b));
    const lines = rows.map(([route, counts]) => {
      const statuses = [...counts].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
      return `${route.padEnd(52)} ${statuses.join(", ")}`;
    });
    return lines.join("\n");
  }

  /** Routes that were asked often and refused each time: what they do was not tried. */
  unreached(): string[] {
    return [...this.counts]
      .filter(([route, counts]) => route.startsWith("GET ") && !route.includes("none") && isRefused(counts))
      .map(([route]) => route);
  }
}

function isRefused(counts: Map<number, number>): boolean {
  const asked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return asked >= oftenFrom && ![...counts.keys()].some((status) => status < 400);
}

function problemOf({ target }: FuzzRequest, status: number, head: string): string | null {
  if (status >= 500 && status !== 503) return `a ${status}`;
  if (!/\r\nx-content-type-options: nosniff\r\n/i.test(head)) return "a reply without nosniff";
  // Its 503 tells what is away.
  const isHealth = status === 503 && target.includes("/readyz");
  const type = /\r\ncontent-type: ([^\r]*)/i.exec(head)?.[1] ?? "";
  if (type.startsWith("text/html")) {
    if (!/\r\ncontent-security-policy: /i.test(head)) return "a page without a Content-Security-Policy";
    if (target.startsWith("/api")) return "a page from the API";
  } else if (
    status >= 400 &&
    type !== "application/problem+json" &&
    !type.startsWith("text/x-component") &&
    !isHealth
  ) {
    return `a ${status} that is no problem`;
  }
  return null;
}
