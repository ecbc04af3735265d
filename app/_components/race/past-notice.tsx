import type { PastView } from "@/app/_hooks/past-moments";
import type { RaceView } from "@/app/_hooks/race-view";
import { useTexts } from "@/app/_texts/use-texts";
import type { MomentText } from "./use-moment-text";

interface PastNoticeProps {
  look: RaceView;
  past: PastView;
  misread: boolean;
  empty: boolean;
  momentText: MomentText;
}

/** Says in a sentence what of the past cannot be seen, or not yet. */
export function PastNotice({ look, past, misread, empty, momentText }: PastNoticeProps) {
  const t = useTexts("race");
  if (empty) return <Calm>{t("empty")}</Calm>;
  const { race, timeline, refused } = look;
  const from = timeline?.from ? momentText(Date.parse(timeline.from)) : "";
  if (refused) return <Caution>{t("tooLong")}</Caution>;
  if (!race || !timeline) return <Calm>{t("reading")}</Calm>;
  if (past.problem === "too-long") return <Caution>{t("tooLongAgo", { from })}</Caution>;
  if (past.problem === "waiting") return <Caution>{t("notLoaded")}</Caution>;
  if (misread) return <Caution>{t("misread")}</Caution>;
  if (!timeline.complete) return <Calm>{t("begins", { from })}</Calm>;
  return timeline.marks.length === 1 ? <Calm>{t("oneScore")}</Calm> : null;
}

function Calm({ children }: { children: string }) {
  return (
    <p role="status" className="rounded-xl border border-line bg-surface px-4 py-3 text-muted">
      {children}
    </p>
  );
}

function Caution({ children }: { children: string }) {
  return (
    <p role="status" className="rounded-xl border border-caution bg-caution-soft px-4 py-3 text-caution">
      {children}
    </p>
  );
}
