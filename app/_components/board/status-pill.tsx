import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import { useTexts } from "@/app/_texts/use-texts";

const looks: Record<ConnectionStatus, { className: string; dot: string }> = {
  live: {
    className: "bg-accent-soft text-accent",
    dot: "relative bg-current after:absolute after:inset-0 after:rounded-full after:bg-current after:opacity-0 motion-safe:after:animate-pulse-dot",
  },
  polling: {
    className: "bg-sunken text-ink",
    dot: "bg-muted",
  },
  reconnecting: {
    className: "bg-caution-soft text-caution",
    dot: "border-2 border-current bg-transparent",
  },
  stale: {
    className: "bg-danger-soft text-danger",
    dot: "rounded-none bg-current",
  },
};

export function StatusPill({ status }: { status: ConnectionStatus }) {
  const t = useTexts("board");
  const { className, dot } = looks[status];
  return (
    <span
      data-status={status}
      title={t(`${status}.explanation`)}
      className={`inline-flex items-center gap-2 whitespace-nowrap rounded-full px-3 py-1 font-semibold text-sm ${className}`}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      <span className="sr-only">{t("connection")}</span>
      {t(`${status}.label`)}
    </span>
  );
}
