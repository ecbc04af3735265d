import type { LiveView } from "@/app/_hooks/live-view";
import type { Texts } from "@/app/_texts/texts";
import { useTexts } from "@/app/_texts/use-texts";

type Seen = Pick<LiveView, "gone" | "offline" | "serverStale" | "status">;

/** Says in a sentence why the table may not be what it seems, while that is so. */
export function BoardNotice({ view }: { view: Seen }) {
  const text = noticeText(view, useTexts("board"));
  if (!text) return null;
  return <p className="notice">{text}</p>;
}

function noticeText({ gone, offline, serverStale, status }: Seen, t: Texts<"board">): string | null {
  if (gone) return t("gone");
  if (offline) return t("offline");
  if (serverStale) return t("lagging");
  if (status === "stale") return t("unreachable");
  return null;
}
