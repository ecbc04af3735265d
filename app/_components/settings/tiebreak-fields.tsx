"use client";

import { useState } from "react";
import { Fieldset } from "@/app/_components/form/fieldset";
import type { Tiebreak } from "@/lib/domain/board";

const tiebreaksMax = 4;

interface TiebreakFieldsProps {
  defaults: readonly Tiebreak[];
  disabled: boolean;
  error: string | undefined;
}

/** Further columns that decide between equal scores, the most important first. */
export function TiebreakFields({ defaults, disabled, error }: TiebreakFieldsProps) {
  const [rows, setRows] = useState(() => defaults.map((tiebreak, key) => ({ key, ...tiebreak })));
  const add = () =>
    setRows([...rows, { key: Math.max(0, ...rows.map((row) => row.key)) + 1, name: "", order: "desc" }]);

  return (
    <div className="sm:col-span-2">
      <Fieldset legend="Tiebreaks" name="tiebreaks" error={error} disabled={disabled}>
        <div className="flex flex-col gap-2">
          {rows.map(({ key, name, order }, i) => (
            <div key={key} className="flex flex-wrap gap-2">
              <input
                className="input min-w-40 flex-1"
                name="tiebreakName"
                aria-label={`Name of tiebreak ${i + 1}`}
                placeholder="penalty"
                defaultValue={name}
                required
                maxLength={32}
                autoComplete="off"
                spellCheck={false}
              />
              <select
                className="input w-40"
                name="tiebreakOrder"
                aria-label={`Order of tiebreak ${i + 1}`}
                defaultValue={order}
              >
                <option value="desc">Highest first</option>
                <option value="asc">Lowest first</option>
              </select>
              <button type="button" className="button" onClick={() => setRows(rows.filter((row) => row.key !== key))}>
                Remove <span className="sr-only">tiebreak {i + 1}</span>
              </button>
            </div>
          ))}
          {rows.length === 0 && (
            <p className="text-muted text-sm">None: equal scores share a rank, the earlier comes first.</p>
          )}
          {rows.length < tiebreaksMax && (
            <button type="button" className="button self-start" onClick={add}>
              Add a tiebreak
            </button>
          )}
        </div>
      </Fieldset>
    </div>
  );
}
