"use client";

import { Field, SelectField } from "@/app/_components/form/field";
import type { Texts } from "@/app/_texts/texts";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardView, Operator, Order, RankStyle } from "@/lib/domain/board";
import { TiebreakFields } from "./tiebreak-fields";

type Defaults = Pick<BoardView, "order" | "operator" | "decimals" | "tiebreaks" | "rankStyle">;

interface BoardFieldsProps {
  defaults: Defaults;
  /** Whether the board has scores, whose meaning must not change. */
  scored: boolean;
  errorFor: (pointer: string) => string | undefined;
}

export function BoardFields({ defaults, scored, errorFor }: BoardFieldsProps) {
  const t = useTexts("settings");
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <SelectField
        label={t("rankStyle")}
        name="rankStyle"
        options={rankStyleOptions(t)}
        defaultValue={defaults.rankStyle}
        error={errorFor("/rankStyle")}
      />
      <SelectField
        label={t("order")}
        name="order"
        options={orderOptions(t)}
        defaultValue={defaults.order}
        disabled={scored}
        error={errorFor("/order")}
      />
      <SelectField
        label={t("operator")}
        name="operator"
        options={operatorOptions(t)}
        defaultValue={defaults.operator}
        disabled={scored}
        error={errorFor("/operator")}
      />
      <Field
        label={t("decimals")}
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
      {scored && <p className="text-muted text-sm sm:col-span-2">{t("fixed")}</p>}
    </div>
  );
}

const rankStyleOptions = (t: Texts<"settings">): Record<RankStyle, string> => ({
  competition: t("rankStyle.competition"),
  dense: t("rankStyle.dense"),
  ordinal: t("rankStyle.ordinal"),
});

const orderOptions = (t: Texts<"settings">): Record<Order, string> => ({
  desc: t("order.desc"),
  asc: t("order.asc"),
});

const operatorOptions = (t: Texts<"settings">): Record<Operator, string> => ({
  best: t("operator.best"),
  set: t("operator.set"),
  incr: t("operator.incr"),
});

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
