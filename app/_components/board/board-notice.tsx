import type { LiveView } from "@/app/_hooks/live-view";

/** Says in a sentence why the table may not be what it seems, while that is so. */
export function BoardNotice({ view }: { view: LiveView }) {
  const text = noticeText(view);
  if (!text) return null;
  return <p className="rounded-xl border border-caution bg-caution-soft px-4 py-3 text-caution">{text}</p>;
}

function noticeText({ gone, offline, serverStale, status }: LiveView): string | null {
  if (gone) return "This board has been removed. These are its last standings.";
  if (offline) return "You are offline. These are the last standings that reached you.";
  if (serverStale)
    return "The live ranking is out of reach just now. These standings may lag behind; no score is lost.";
  if (status === "stale") return "The server cannot be reached. These are the last standings that reached you.";
  return null;
}
