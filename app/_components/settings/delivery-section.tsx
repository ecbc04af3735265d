"use client";

import { useState } from "react";
import useSWR from "swr";
import { FormProblem } from "@/app/_components/form/form-problem";
import { getJson } from "@/app/_hooks/get-json";
import { send } from "@/app/_hooks/send";
import type { BoardView, Delivery } from "@/lib/domain/board";
import { type Activity, DeliveryFacts } from "./delivery-facts";
import { Section } from "./section";

const refreshMs = 2_000;

interface DeliverySectionProps {
  boardId: string;
  initial: Delivery;
  locale: string;
}

/** The switch between polling and streaming, with what it costs and gains at this moment. */
export function DeliverySection({ boardId, initial, locale }: DeliverySectionProps) {
  const [delivery, setDelivery] = useState(initial);
  const [pending, setPending] = useState(false);
  const [message, setMessage] = useState<string | null>(null);
  const { data } = useSWR<Activity>(`/api/v1/boards/${boardId}/activity`, getJson, { refreshInterval: refreshMs });
  const streaming = delivery === "sse";

  async function toggle() {
    setPending(true);
    const change = { delivery: streaming ? "polling" : "sse" };
    const sent = await send<BoardView>("PATCH", `/api/v1/boards/${boardId}`, change);
    setPending(false);
    setMessage(sent.ok ? null : sent.problem.detail);
    if (sent.ok) setDelivery(sent.data.delivery);
  }

  return (
    <Section id="delivery" title="Delivery" lead="How changes reach everyone who has this board open.">
      <div className="card flex flex-col gap-5 p-5">
        <FormProblem message={message} />
        <div className="flex flex-wrap items-center justify-between gap-4">
          <div>
            <p id="streaming-label" className="font-medium text-lg">
              Stream updates
            </p>
            <p id="streaming-hint" className="text-muted">
              Every open page follows within 6 seconds, either way. Nobody has to reload.
            </p>
          </div>
          <button
            type="button"
            role="switch"
            aria-checked={streaming}
            aria-labelledby="streaming-label"
            aria-describedby="streaming-hint"
            aria-disabled={pending}
            onClick={() => !pending && void toggle()}
            className="group h-8 w-14 shrink-0 rounded-full border border-line-strong bg-sunken p-0.5 motion-safe:transition-colors aria-checked:border-accent aria-checked:bg-accent"
          >
            <span className="block size-6.5 rounded-full bg-line-strong motion-safe:transition-transform group-aria-checked:translate-x-6 group-aria-checked:bg-on-accent" />
          </button>
        </div>
        <DeliveryFacts delivery={delivery} activity={data} locale={locale} />
      </div>
    </Section>
  );
}
