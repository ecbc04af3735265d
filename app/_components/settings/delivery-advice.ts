import { type Crowd, type DeliveryCost, deliveryCost } from "@/lib/domain/delivery-cost";

/** Beyond these a stream wants more than a small server has to spare. */
const heavyCoreShare = 0.5;
const heavyMegabits = 100;
/** Below these nobody would notice. */
const lightCoreShare = 0.01;
const lightMegabits = 1;

/** Whether streaming is worth it for a board with these viewers and changes, in one sentence. */
export function deliveryAdvice(crowd: Crowd, locale: string): string {
  if (crowd.viewers === 0) return "Nobody is watching just now, so either way costs nothing.";
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const few = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const share = new Intl.NumberFormat(locale, { style: "percent", maximumSignificantDigits: 2 });
  const count = (value: number, one: string) => `${whole.format(value)} ${value === 1 ? one : `${one}s`}`;
  const viewers = count(crowd.viewers, "viewer");
  if (crowd.changesPerSecond === 0) {
    return `No scores arrive just now, so a stream would have nothing to tell its ${viewers}.`;
  }
  const scores = `${count(Math.max(1, Math.round(crowd.changesPerSecond * 60)), "score")} a minute`;
  const [polling, streaming] = [deliveryCost("polling", crowd), deliveryCost("sse", crowd)];
  const cores = ({ coreShare }: DeliveryCost) => share.format(coreShare);
  const megabits = ({ bytes }: DeliveryCost) => (bytes * 8) / 1e6;
  const traffic = `up to ${few.format(megabits(streaming))} Mbit/s instead of ${few.format(megabits(polling))}`;
  const costs = `${cores(streaming)} of a processor core instead of ${cores(polling)}, and ${traffic}`;
  if (streaming.coreShare > heavyCoreShare || megabits(streaming) > heavyMegabits) {
    return `Streaming ${scores} to ${viewers} takes ${costs}: make sure of both first, or stay with polling.`;
  }
  const sooner = few.format(polling.delayS - streaming.delayS);
  const isLight = streaming.coreShare < lightCoreShare && megabits(streaming) < lightMegabits;
  const price = isLight ? " and costs next to nothing" : `, for ${costs}`;
  return `With ${viewers} and ${scores}, streaming shows a score ${sooner} seconds sooner on average${price}: worth it where seconds count.`;
}
