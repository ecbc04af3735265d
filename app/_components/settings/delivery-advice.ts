import { type Crowd, deliveryCost } from "@/lib/domain/delivery-cost";

/** Of a core; beyond it the board's stream wants more than a small server has to spare. */
const heavyShare = 0.5;

/** Whether streaming is worth it for a board with these viewers and changes, in one sentence. */
export function deliveryAdvice({ viewers, changesPerSecond }: Crowd, locale: string): string {
  if (viewers === 0) return "Nobody is watching just now, so either way costs nothing.";
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const few = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumSignificantDigits: 2 });
  const crowd = `${whole.format(viewers)} ${viewers === 1 ? "viewer" : "viewers"}`;
  if (changesPerSecond === 0) return `No scores arrive just now, so a stream would have nothing to tell its ${crowd}.`;
  const [polling, streaming] = [
    deliveryCost("polling", { viewers, changesPerSecond }),
    deliveryCost("sse", { viewers, changesPerSecond }),
  ];
  const perMinute = Math.round(changesPerSecond * 60);
  const scores = `${whole.format(perMinute)} ${perMinute === 1 ? "score" : "scores"} a minute`;
  if (streaming.coreShare > heavyShare) {
    return `Streaming ${scores} to ${crowd} would keep ${few.format(streaming.coreShare)} processor cores busy, polling ${few.format(polling.coreShare)}: start more instances first, or stay with polling.`;
  }
  const sooner = few.format(polling.delayS - streaming.delayS);
  const costs =
    streaming.coreShare <= polling.coreShare
      ? `no more than polling (${share.format(streaming.coreShare)} of a processor core): worth it`
      : `${share.format(streaming.coreShare)} of a processor core instead of ${share.format(polling.coreShare)}: worth it where seconds count`;
  return `With ${crowd} and ${scores}, streaming shows a score ${sooner} seconds sooner on average and takes ${costs}.`;
}
