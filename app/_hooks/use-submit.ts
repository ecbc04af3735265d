"use client";

import { type SubmitEvent, useState } from "react";
import type { Problem, Sent } from "./send";

export interface Submission {
  onSubmit(event: SubmitEvent<HTMLFormElement>): void;
  pending: boolean;
  /** What to say about the form as a whole; null when all is well. */
  message: string | null;
  /** What is wrong with the field that a JSON pointer such as `/name` names, or with anything below it. */
  errorFor(pointer: string): string | undefined;
}

/** A form that is sent as one request; if it fails, the first field at fault gets the focus. */
export function useSubmit<T>(
  request: (form: FormData) => Promise<Sent<T>>,
  onDone: (data: T, form: HTMLFormElement) => void,
): Submission {
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [message, setMessage] = useState<string | null>(null);

  async function submit(form: HTMLFormElement) {
    setPending(true);
    const sent = await request(new FormData(form));
    setPending(false);
    setProblem(sent.ok ? null : sent.problem);
    setMessage(sent.ok ? null : formMessage(sent.problem, form));
    if (sent.ok) onDone(sent.data, form);
    else requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  return {
    onSubmit(event) {
      event.preventDefault();
      if (!pending) void submit(event.currentTarget);
    },
    pending,
    message,
    errorFor: (pointer) =>
      problem?.errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.detail,
  };
}

/** Errors that stand beside their fields need no repeating; any other is told here. */
function formMessage({ detail, errors }: Problem, form: HTMLFormElement): string {
  const homeless = errors.filter(({ pointer }) => !form.elements.namedItem(pointer.split("/")[1] ?? ""));
  if (errors.length > 0 && homeless.length === 0) return "Nothing was saved. Please look at what is marked below.";
  return [detail, ...homeless.map((error) => `${error.pointer.slice(1)} ${error.detail}.`)].join(" ");
}
