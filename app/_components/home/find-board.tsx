"use client";

import { type ChangeEvent, useEffect, useRef } from "react";
import { useTexts } from "@/app/_texts/use-texts";

interface FindBoardProps {
  q: string;
  onChange: (q: string) => void;
}

const restMs = 250;
const charactersMax = 128;

/** A form like any other where there is no JavaScript; else the list follows what is typed, and so does the address. */
export function FindBoard({ q, onChange }: FindBoardProps) {
  const t = useTexts("home");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function look(text: string) {
    const wanted = text.trim();
    const query = wanted === "" ? "" : `?${new URLSearchParams({ q: wanted })}`;
    history.replaceState(null, "", `${location.pathname}${query}`);
    onChange(wanted);
  }

  function onType({ target }: ChangeEvent<HTMLInputElement>) {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => look(target.value), restMs);
  }

  return (
    <search className="w-full sm:w-72">
      <form
        action="/"
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          clearTimeout(timer.current);
          look(String(new FormData(event.currentTarget).get("q") ?? ""));
        }}
      >
        <input
          type="search"
          name="q"
          defaultValue={q}
          maxLength={charactersMax}
          autoComplete="off"
          aria-label={t("find")}
          placeholder={t("find.hint")}
          className="input"
          onChange={onType}
        />
        <noscript>
          <button type="submit" className="button">
            {t("search")}
          </button>
        </noscript>
      </form>
    </search>
  );
}
