import type { Texts } from "@/app/_texts/texts";
import { UnexpectedAnswer } from "./get-json";
import type { Problem } from "./send";

/** A problem in words; `lang` where they are not in the page's language but the API's. */
export interface SaidProblem {
  text: string;
  lang?: "en";
}

/** Why a request failed. */
export function sayProblem({ status, detail, lang }: Problem, t: Texts<"form">): SaidProblem {
  if (detail !== undefined) return { text: detail, ...(lang && { lang }) };
  return { text: status === undefined ? t("noAnswer") : t("answered", { status: String(status) }) };
}

/** Why something could not be fetched. */
export function sayError(error: unknown, t: Texts<"form">): SaidProblem {
  if (!(error instanceof UnexpectedAnswer)) return { text: t("noAnswer") };
  if (error.status === 401) return { text: t("sessionEnded") };
  return { text: t("reloadSoon", { status: String(error.status) }) };
}
