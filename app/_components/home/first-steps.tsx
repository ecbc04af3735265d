import { scoreCommand } from "@/app/_components/board/score-command";
import { CodeSample } from "@/app/_components/code-sample";
import { useTexts } from "@/app/_texts/use-texts";

const boardId = "race";

/** A site without boards: what makes the first one, ready to paste, one command after the other in one shell. */
export default function FirstSteps({ origin }: { origin: string }) {
  const t = useTexts("home");
  const settings = (
    <a href="/settings" className="link">
      {t("settings")}
    </a>
  );
  const address = <span className="wrap-anywhere font-mono text-sm">{`${origin}/boards/${boardId}`}</span>;
  const steps = [
    { label: t("empty.key"), lead: t("empty.key.lead"), command: keyCommand },
    { label: t("empty.board"), lead: t("empty.board.lead"), command: boardCommand(origin) },
    {
      label: t("empty.score"),
      lead: t.rich("empty.score.lead", { address }),
      command: scoreCommand({ id: boardId }, origin, "$KEY"),
    },
  ];
  return (
    <section className="flex flex-col gap-5">
      <h2 className="font-semibold text-xl">{t("empty.title")}</h2>
      <p className="text-muted">{t.rich("empty.lead", { settings })}</p>
      <ol className="flex list-none flex-col gap-6">
        {steps.map(({ label, lead, command }, i) => (
          <li key={label} className="card flex flex-col gap-3 p-5 sm:p-6">
            <h3 className="flex items-center gap-3 font-semibold">
              <span className="inline-flex size-7 shrink-0 items-center justify-center rounded-full bg-accent-soft text-accent text-sm">
                {i + 1}
              </span>
              {label}
            </h3>
            <p className="text-muted">{lead}</p>
            <CodeSample label={t("empty.command", { step: i + 1 })} text={command} />
          </li>
        ))}
      </ol>
    </section>
  );
}

const keyCommand = 'KEY=$(npm run -s rungs -- key create --name "My game" --scopes scores:write,boards:manage)';

function boardCommand(origin: string): string {
  return [
    `curl ${origin}/api/v1/boards \\`,
    `  -H "Authorization: Bearer $KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify({ id: boardId, name: "Grand Prix" })}'`,
  ].join("\n");
}
