import type { ConnectionStatus } from "@/app/_hooks/connection-status";

const looks: Record<ConnectionStatus, { label: string; explanation: string; className: string; dot: string }> = {
  live: {
    label: "Live",
    explanation: "Changes arrive the moment they happen.",
    className: "bg-accent-soft text-accent",
    dot: "relative bg-current after:absolute after:inset-0 after:rounded-full after:bg-current after:opacity-0 motion-safe:after:animate-pulse-dot",
  },
  polling: {
    label: "Polling",
    explanation: "This page asks for changes every few seconds.",
    className: "bg-sunken text-ink",
    dot: "bg-muted",
  },
  reconnecting: {
    label: "Reconnecting",
    explanation: "The connection was lost a moment ago and is being restored.",
    className: "bg-caution-soft text-caution",
    dot: "border-2 border-current bg-transparent",
  },
  stale: {
    label: "Stale",
    explanation: "What you see may be out of date.",
    className: "bg-danger-soft text-danger",
    dot: "rounded-none bg-current",
  },
};

export function StatusPill({ status }: { status: ConnectionStatus }) {
  const { label, explanation, className, dot } = looks[status];
  return (
    <span
      data-status={status}
      title={explanation}
      className={`inline-flex items-center gap-2 whitespace-nowrap rounded-full px-3 py-1 font-semibold text-sm ${className}`}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      <span className="sr-only">Connection: </span>
      {label}
    </span>
  );
}
