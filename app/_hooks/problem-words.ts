import type { Texts } from "@/app/_texts/texts";
import { isRefused } from "./ask";
import { NoReply } from "./reply-of";
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
  if (!(error instanceof NoReply) || error.status === undefined) return { text: t("noAnswer") };
  if (isRefused(error.answer, "unauthorized")) return { text: t("sessionEnded") };
  return { text: t("reloadSoon", { status: String(error.status) }) };
}
