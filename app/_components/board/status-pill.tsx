import type { ConnectionStatus } from "@/app/_hooks/connection-status";
import { useTexts } from "@/app/_texts/use-texts";

/** How it looks in each status is in _styles/standings.css. */
export function StatusPill({ status }: { status: ConnectionStatus }) {
  const t = useTexts("board");
  return (
    <span data-status={status} title={t(`${status}.explanation`)} className="status-pill">
      <span aria-hidden="true" />
      <span className="sr-only">{t("connection")}</span>
      {t(`${status}.label`)}
    </span>
  );
}
