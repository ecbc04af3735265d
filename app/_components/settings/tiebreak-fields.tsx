"use client";

import { useState } from "react";
import { Fieldset } from "@/app/_components/form/fieldset";
import { useTexts } from "@/app/_texts/use-texts";
import type { Tiebreak } from "@/lib/domain/board";

const tiebreaksMax = 4;

interface TiebreakFieldsProps {
  defaults: readonly Tiebreak[];
  disabled: boolean;
  error: string | undefined;
}

/** Further columns that decide between equal scores, the most important first. */
export function TiebreakFields({ defaults, disabled, error }: TiebreakFieldsProps) {
  const t = useTexts("settings");
  const [rows, setRows] = useState(() => defaults.map((tiebreak, key) => ({ key, ...tiebreak })));
  const add = () =>
    setRows([...rows, { key: Math.max(0, ...rows.map((row) => row.key)) + 1, name: "", order: "desc" }]);

  return (
    <div className="sm:col-span-2">
      <Fieldset legend={t("tiebreaks")} name="tiebreaks" error={error} disabled={disabled}>
        <div className="flex flex-col gap-2">
          {rows.map(({ key, name, order }, i) => (
            <div key={key} className="flex flex-wrap gap-2">
              <input
                className="input min-w-40 flex-1"
                name="tiebreakName"
                aria-label={t("tiebreak.name", { number: i + 1 })}
                placeholder={t("tiebreak.example")}
                defaultValue={name}
                required
                maxLength={32}
                autoComplete="off"
                spellCheck={false}
              />
              <select
                className="input w-40"
                name="tiebreakOrder"
                aria-label={t("tiebreak.order", { number: i + 1 })}
                defaultValue={order}
              >
                <option value="desc">{t("tiebreak.order.desc")}</option>
                <option value="asc">{t("tiebreak.order.asc")}</option>
              </select>
              <button type="button" className="button" onClick={() => setRows(rows.filter((row) => row.key !== key))}>
                {t.rich("tiebreak.remove", {
                  which: <span className="sr-only">{t("tiebreak.which", { number: i + 1 })}</span>,
                })}
              </button>
            </div>
          ))}
          {rows.length === 0 && <p className="text-muted text-sm">{t("tiebreak.none")}</p>}
          {rows.length < tiebreaksMax && (
            <button type="button" className="button self-start" onClick={add}>
              {t("tiebreak.add")}
            </button>
          )}
        </div>
      </Fieldset>
    </div>
  );
}
