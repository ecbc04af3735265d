import type { Delivery } from "@/lib/domain/board";

/** What `GET /api/v1/boards/{board}/activity` answers. */
export interface Activity {
  viewers: { polling: number; streaming: number };
  updatesPerMinute: number;
  total: number;
}

/** The contract's figures: seconds between polls, and the most messages a minute that a stream carries. */
const pollIntervalS = 5;
const messagesPerMinuteMax = 240;

interface DeliveryFactsProps {
  delivery: Delivery;
  activity: Activity | undefined;
  locale: string;
}

/** Both ways side by side, in numbers of this moment; a dash while they are not known. */
export function DeliveryFacts({ delivery, activity, locale }: DeliveryFactsProps) {
  const { format } = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const number = (value: number | undefined) => (value === undefined ? "–" : format(value));
  const viewers = activity && activity.viewers.polling + activity.viewers.streaming;
  const polls = viewers === undefined ? undefined : Math.ceil(viewers / pollIntervalS);
  const messages = activity && viewers && Math.min(activity.updatesPerMinute, messagesPerMinuteMax) * viewers;
  return (
    <>
      <dl className="grid grid-cols-2 gap-4 tabular-nums sm:grid-cols-3">
        <Figure label="Watching by polling" value={number(activity?.viewers.polling)} />
        <Figure label="Watching by stream" value={number(activity?.viewers.streaming)} />
        <Figure label="Scores in the last minute" value={number(activity?.updatesPerMinute)} />
      </dl>
      <div className="overflow-x-auto">
        <table className="w-full text-left text-sm tabular-nums">
          <thead>
            <tr>
              <th className="py-2 pr-4 align-bottom">
                <span className="sr-only">Aspect</span>
              </th>
              <Way name="Polling" current={delivery === "polling"} />
              <Way name="Streaming" current={delivery === "sse"} />
            </tr>
          </thead>
          <tbody>
            <Row aspect="A score shows after" polling="up to 6 seconds" streaming="less than a second" />
            <Row
              aspect="Cost with these viewers"
              polling={`about ${number(polls)} short requests a second, answered from memory`}
              streaming={`${number(viewers)} open connections, up to ${number(messages)} messages a minute`}
            />
            <Row
              aspect="Good for"
              polling="most boards; caches and proxies help to carry it"
              streaming="finals and shows, where seconds count; proxies must let streams through"
            />
          </tbody>
        </table>
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

function Way({ name, current }: { name: string; current: boolean }) {
  return (
    <th scope="col" className={`w-2/5 rounded-t-lg px-3 py-2 font-semibold ${current ? "bg-accent-soft" : ""}`}>
      {name}
      {current && <span className="font-normal text-accent"> · now</span>}
    </th>
  );
}

function Row({ aspect, polling, streaming }: { aspect: string; polling: string; streaming: string }) {
  return (
    <tr className="align-top">
      <th scope="row" className="border-line border-t py-2.5 pr-4 font-normal text-muted">
        {aspect}
      </th>
      <td className="border-line border-t px-3 py-2.5">{polling}</td>
      <td className="border-line border-t px-3 py-2.5">{streaming}</td>
    </tr>
  );
}
