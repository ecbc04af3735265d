import type { Texts } from "@/app/_texts/texts";
import { type Crowd, type DeliveryCost, deliveryCost } from "@/lib/domain/delivery-cost";

/** Beyond these a stream wants more than a small server has to spare. */
const heavyCoreShare = 0.5;
const heavyMegabits = 100;
/** Below these nobody would notice. */
const lightCoreShare = 0.01;
const lightMegabits = 1;

/** Whether streaming is worth it for a board with these viewers and changes, in one sentence. */
export function deliveryAdvice(crowd: Crowd, t: Texts<"settings">): string {
  if (crowd.viewers === 0) return t("advice.nobody");
  const viewers = t("viewers", { count: crowd.viewers });
  if (crowd.changesPerSecond === 0) return t("advice.quiet", { viewers });
  const few = new Intl.NumberFormat(t.locale, { maximumSignificantDigits: 2 });
  const share = new Intl.NumberFormat(t.locale, { style: "percent", maximumSignificantDigits: 2 });
  const scores = t("scoresPerMinute", { count: Math.max(1, Math.round(crowd.changesPerSecond * 60)) });
  const [polling, streaming] = [deliveryCost("polling", crowd), deliveryCost("sse", crowd)];
  const cores = ({ coreShare }: DeliveryCost) => share.format(coreShare);
  const megabits = ({ bytes }: DeliveryCost) => (bytes * 8) / 1e6;
  const costs = t("advice.costs", {
    cores: cores(streaming),
    pollingCores: cores(polling),
    megabits: few.format(megabits(streaming)),
    pollingMegabits: few.format(megabits(polling)),
  });
  if (streaming.coreShare > heavyCoreShare || megabits(streaming) > heavyMegabits) {
    return t("advice.heavy", { scores, viewers, costs });
  }
  const sooner = few.format(polling.delayS - streaming.delayS);
  const isLight = streaming.coreShare < lightCoreShare && megabits(streaming) < lightMegabits;
  const gain = { viewers, scores, sooner };
  return isLight ? t("advice.light", gain) : t("advice.worth", { ...gain, costs });
}
