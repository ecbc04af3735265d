"use client";

import { useState } from "react";
import useSWR from "swr";
import { FormProblem } from "@/app/_components/form/form-problem";
import { type SaidProblem, sayProblem } from "@/app/_hooks/problem-words";
import { replyOf } from "@/app/_hooks/reply-of";
import { send } from "@/app/_hooks/send";
import { boardShape } from "@/app/_hooks/shapes";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView, Delivery } from "@/lib/domain/board";
import { type Activity, DeliveryFacts } from "./delivery-facts";
import { Section } from "./section";

const refreshMs = 2_000;
const getActivity = replyOf<Activity>({ viewers: { polling: 0, streaming: 0 }, updatesPerMinute: 0, total: 0 });

interface DeliverySectionProps {
  boardId: string;
  initial: Delivery;
}

/** The switch between polling and streaming, with what it costs and gains at this moment. */
export function DeliverySection({ boardId, initial }: DeliverySectionProps) {
  const t = useTexts("settings");
  const formTexts = useTexts("form");
  const [delivery, setDelivery] = useState(initial);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<SaidProblem | null>(null);
  const { data } = useSWR(`/api/v1/boards/${boardId}/activity`, getActivity, { refreshInterval: refreshMs });
  const streaming = delivery === "sse";

  async function toggle() {
    setPending(true);
    const change = { delivery: streaming ? "polling" : "sse" };
    const sent = await send<BoardView>("PATCH", `/api/v1/boards/${boardId}`, boardShape, change);
    setPending(false);
    setProblem(sent.ok ? null : sayProblem(sent.problem, formTexts));
    if (sent.ok) setDelivery(sent.data.delivery);
  }

  return (
    <Section id="delivery" title={t("delivery")} lead={t("delivery.lead")}>
      <div className="card flex flex-col gap-5 p-5">
        <FormProblem problem={problem} />
        <div className="flex flex-wrap items-center justify-between gap-4">
          <div>
            <p id="streaming-label" className="font-medium text-lg">
              {t("stream")}
            </p>
            <p id="streaming-hint" className="text-muted">
              {t("stream.hint")}
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
        <DeliveryFacts delivery={delivery} activity={data} />
      </div>
    </Section>
  );
}
