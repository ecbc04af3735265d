import { useTexts } from "@/app/_texts/use-texts";
import type { Delivery } from "@/lib/domain/board";
import { type Crowd, deliveryCost } from "@/lib/domain/delivery-cost";
import { deliveryAdvice } from "./delivery-advice";

/** What `GET /api/v1/boards/{board}/activity` answers. */
export interface Activity {
  viewers: { polling: number; streaming: number };
  updatesPerMinute: number;
  total: number;
}

interface DeliveryFactsProps {
  delivery: Delivery;
  activity: Activity | undefined;
}

/** Both ways side by side, in numbers of this moment; a dash while they are not known. */
export function DeliveryFacts({ delivery, activity }: DeliveryFactsProps) {
  const t = useTexts("settings");
  const { format } = new Intl.NumberFormat(t.locale, { maximumFractionDigits: 0 });
  const number = (value: number | undefined) => (value === undefined ? "–" : format(value));
  const crowd: Crowd | undefined = activity && {
    viewers: activity.viewers.polling + activity.viewers.streaming,
    changesPerSecond: activity.updatesPerMinute / 60,
  };
  const polls = crowd && Math.ceil(deliveryCost("polling", crowd).messages);
  const messages = crowd && deliveryCost("sse", crowd).messages * 60;
  return (
    <>
      <dl className="grid grid-cols-2 gap-4 tabular-nums sm:grid-cols-3">
        <Figure label={t("watchingByPolling")} value={number(activity?.viewers.polling)} />
        <Figure label={t("watchingByStream")} value={number(activity?.viewers.streaming)} />
        <Figure label={t("scoresLately")} value={number(activity?.updatesPerMinute)} />
      </dl>
      {/* Kept tall enough for two lines, so that nothing below moves while the numbers do. */}
      <p data-advice className="min-h-12">
        {crowd && deliveryAdvice(crowd, t)}
      </p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Way
          name={t("polling")}
          current={delivery === "polling"}
          delay={t("polling.delay")}
          cost={t("polling.cost", { polls: number(polls) })}
          use={t("polling.use")}
        />
        <Way
          name={t("streaming")}
          current={delivery === "sse"}
          delay={t("streaming.delay")}
          cost={t("streaming.cost", { viewers: number(crowd?.viewers), messages: number(messages) })}
          use={t("streaming.use")}
        />
      </div>
    </>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="rounded-lg bg-sunken px-4 py-3">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="font-semibold text-2xl">{value}</dd>
    </div>
  );
}

interface WayProps {
  name: string;
  current: boolean;
  delay: string;
  cost: string;
  use: string;
}

function Way({ name, current, delay, cost, use }: WayProps) {
  const t = useTexts("settings");
  return (
    <section className={`rounded-lg border p-4 ${current ? "border-accent bg-accent-soft" : "border-line"}`}>
      <h3 className="font-semibold">
        {name}
        {current && <span className="font-normal text-accent"> · {t("now")}</span>}
      </h3>
      <dl className="mt-2 flex flex-col gap-2 text-sm tabular-nums">
        <Fact term={t("delay")} text={delay} />
        <Fact term={t("cost")} text={cost} />
        <Fact term={t("use")} text={use} />
      </dl>
    </section>
  );
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt className="text-muted">{term}</dt>
      <dd>{text}</dd>
    </div>
  );
}
