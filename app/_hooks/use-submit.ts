"use client";

import { type SubmitEvent, useState } from "react";
import type { Texts } from "@/app/_texts/texts";
import { useTexts } from "@/app/_texts/use-texts";
import { type SaidProblem, sayProblem } from "./problem-words";
import type { Problem, Sent } from "./send";

export interface Submission {
  onSubmit(event: SubmitEvent<HTMLFormElement>): void;
  pending: boolean;
  /** What to say about the form as a whole; null when all is well. */
  problem: SaidProblem | null;
  /** What is wrong with the field that a JSON pointer such as `/name` names, or with anything below it. */
  errorFor(pointer: string): string | undefined;
}

/** A form that is sent as one request; if it fails, the first field at fault gets the focus. */
export function useSubmit<T>(
  request: (form: FormData) => Promise<Sent<T>>,
  onDone: (data: T, form: HTMLFormElement) => void,
): Submission {
  const t = useTexts("form");
  const [pending, setPending] = useState(false);
  const [errors, setErrors] = useState<Problem["errors"]>([]);
  const [problem, setProblem] = useState<SaidProblem | null>(null);

  async function submit(form: HTMLFormElement) {
    setPending(true);
    const sent = await request(new FormData(form));
    setPending(false);
    setErrors(sent.ok ? [] : sent.problem.errors);
    setProblem(sent.ok ? null : formProblem(sent.problem, form, t));
    if (sent.ok) onDone(sent.data, form);
    else requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  return {
    onSubmit(event) {
      event.preventDefault();
      if (!pending) void submit(event.currentTarget);
    },
    pending,
    problem,
    errorFor: (pointer) =>
      errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.detail,
  };
}

/** Errors that stand beside their fields need no repeating; any other is told here. */
function formProblem(problem: Problem, form: HTMLFormElement, t: Texts<"form">): SaidProblem {
  const { errors } = problem;
  const homeless = errors.filter(({ pointer }) => !form.elements.namedItem(pointer.split("/")[1] ?? ""));
  if (errors.length > 0 && homeless.length === 0) return { text: t("nothingSaved") };
  const { text, ...said } = sayProblem(problem, t);
  return { text: [text, ...homeless.map((error) => `${error.pointer.slice(1)} ${error.detail}.`)].join(" "), ...said };
}
