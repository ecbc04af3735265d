"use client";

import { Field, SelectField } from "@/app/_components/form/field";
import type { BoardView, Operator, Order, RankStyle } from "@/lib/domain/board";
import { TiebreakFields } from "./tiebreak-fields";

const orders: Record<Order, string> = { desc: "Highest first (points)", asc: "Lowest first (times)" };

const operators: Record<Operator, string> = {
  best: "Best: a worse score changes nothing",
  set: "Latest: each score replaces the one before",
  incr: "Sum: each score is added",
};

const rankStyles: Record<RankStyle, string> = {
  competition: "1, 2, 2, 4 (competition)",
  dense: "1, 2, 2, 3 (dense)",
  ordinal: "1, 2, 3, 4 (ordinal, no shared ranks)",
};

type Defaults = Pick<BoardView, "order" | "operator" | "decimals" | "tiebreaks" | "rankStyle">;

interface BoardFieldsProps {
  defaults: Defaults;
  /** Whether the board has scores, whose meaning must not change. */
  scored: boolean;
  errorFor: (pointer: string) => string | undefined;
}

export function BoardFields({ defaults, scored, errorFor }: BoardFieldsProps) {
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <SelectField
        label="Ranks of ties"
        name="rankStyle"
        options={rankStyles}
        defaultValue={defaults.rankStyle}
        error={errorFor("/rankStyle")}
      />
      <SelectField
        label="Order"
        name="order"
        options={orders}
        defaultValue={defaults.order}
        disabled={scored}
        error={errorFor("/order")}
      />
      <SelectField
        label="Which score counts"
        name="operator"
        options={operators}
        defaultValue={defaults.operator}
        disabled={scored}
        error={errorFor("/operator")}
      />
      <Field
        label="Decimals"
        name="decimals"
        type="number"
        inputMode="numeric"
        min={0}
        max={6}
        required
        defaultValue={defaults.decimals}
        disabled={scored}
        error={errorFor("/decimals")}
      />
      <TiebreakFields defaults={defaults.tiebreaks} disabled={scored} error={errorFor("/tiebreaks")} />
      {scored && (
        <p className="text-muted text-sm sm:col-span-2">
          What is greyed out decides what the stored scores mean, so it is fixed once a board has scores.
        </p>
      )}
    </div>
  );
}

export const newBoardDefaults: Defaults = {
  order: "desc",
  operator: "best",
  decimals: 0,
  tiebreaks: [],
  rankStyle: "competition",
};

/** The members of a request that the fields make up; disabled ones are left out. */
export function readBoardFields(form: FormData): object {
  const rankStyle = form.get("rankStyle");
  if (!form.has("decimals")) return { rankStyle };
  const orders = form.getAll("tiebreakOrder");
  const tiebreaks = form.getAll("tiebreakName").map((name, i) => ({ name, order: orders[i] }));
  const decimals = Number(form.get("decimals"));
  return { rankStyle, order: form.get("order"), operator: form.get("operator"), decimals, tiebreaks };
}
