"use client";

import { useState } from "react";
import { CodeSample } from "@/app/_components/code-sample";
import { TextareaField } from "@/app/_components/form/field";
import { Choice, Fieldset } from "@/app/_components/form/fieldset";
import { FormProblem } from "@/app/_components/form/form-problem";
import { SubmitButton } from "@/app/_components/form/submit-button";
import { send } from "@/app/_hooks/send";
import { type Submission, useSubmit } from "@/app/_hooks/use-submit";
import { useTexts } from "@/app/_texts/use-texts";
import type { BoardSettings, BoardView } from "@/lib/domain/board";
import { frameHeight, frameHtml, frameWidth } from "@/lib/domain/embed-frame";
import { Section } from "./section";

interface EmbedSectionProps {
  board: Pick<BoardView, "id" | "name">;
  initial: readonly string[];
  /** Of this site. */
  origin: string;
}

const whoMay = ["nobody", "any", "hosts"] as const;
type Who = (typeof whoMay)[number];

/** Which other sites may show the board in a frame, and how they do. */
export function EmbedSection({ board, initial, origin }: EmbedSectionProps) {
  const t = useTexts("settings");
  const [hosts, setHosts] = useState(initial);
  const address = `${origin}/boards/${board.id}/embed`;
  const frame = { address, title: board.name, width: frameWidth, height: frameHeight(10) };
  return (
    <Section id="embed" title={t("embed")} lead={t("embed.lead")}>
      <div className="card flex flex-col gap-5 p-5">
        <EmbedForm boardId={board.id} initial={initial} onSaved={setHosts} />
        {hosts.length > 0 && (
          <div className="flex flex-col gap-2">
            <CodeSample label={t("embed.html")} text={frameHtml(frame)} />
            <p className="text-muted text-sm">{t("embed.options")}</p>
          </div>
        )}
        <p>
          <a href={`/boards/${board.id}/embed`} target="_blank" rel="noopener" className="link">
            {t("embed.preview")}
          </a>
        </p>
      </div>
    </Section>
  );
}

interface EmbedFormProps {
  boardId: string;
  initial: readonly string[];
  onSaved: (hosts: readonly string[]) => void;
}

function EmbedForm({ boardId, initial, onSaved }: EmbedFormProps) {
  const t = useTexts("settings");
  const [who, setWho] = useState(whoIs(initial));
  const [lines, setLines] = useState(who === "hosts" ? initial.join("\n") : "");
  const [sent, setSent] = useState<readonly string[]>([]);
  const [saved, setSaved] = useState(false);
  const { onSubmit, pending, problem, errorFor } = useSubmit(
    () => {
      const embedHosts = hostsOf(who, lines);
      setSent(embedHosts);
      setSaved(false);
      return send<BoardSettings>("PATCH", `/api/v1/boards/${boardId}`, { embedHosts: [""] }, { embedHosts });
    },
    ({ embedHosts }) => {
      if (who === "hosts") setLines(embedHosts.join("\n"));
      setSaved(true);
      onSaved(embedHosts);
    },
  );
  return (
    <form onSubmit={onSubmit} onChange={() => setSaved(false)} className="flex flex-col gap-5">
      <FormProblem problem={problem} />
      <Fieldset legend={t("embed.who")} name="who">
        {whoMay.map((one) => (
          <Choice
            key={one}
            type="radio"
            name="reach"
            value={one}
            label={t(`embed.${one}`)}
            defaultChecked={one === whoIs(initial)}
            onChange={() => setWho(one)}
          />
        ))}
      </Fieldset>
      {who === "hosts" && (
        <TextareaField
          label={t("embed.list")}
          name="embedHosts"
          rows={5}
          required
          spellCheck={false}
          autoCapitalize="none"
          value={lines}
          onChange={(event) => setLines(event.target.value)}
          hint={t("embed.list.hint")}
          error={hostError(sent, errorFor)}
        />
      )}
      <div className="flex items-center gap-4">
        <SubmitButton pending={pending}>{t("save")}</SubmitButton>
        <p role="status" className="text-muted text-sm">
          {saved && t("saved")}
        </p>
      </div>
    </form>
  );
}

function whoIs(hosts: readonly string[]): Who {
  if (hosts.length === 0) return "nobody";
  return hosts[0] === "*" ? "any" : "hosts";
}

/** What the API takes. A list without a line is no answer, which it says. */
function hostsOf(who: Who, lines: string): string[] {
  if (who !== "hosts") return who === "any" ? ["*"] : [];
  const hosts = lines.split("\n").map((line) => line.trim());
  return hosts.some(Boolean) ? hosts.filter(Boolean) : [""];
}

/** The first line at fault, by name. */
function hostError(hosts: readonly string[], errorFor: Submission["errorFor"]): string | undefined {
  const detail = hosts.map((_, i) => errorFor(`/embedHosts/${i}`));
  const at = detail.findIndex((one) => one !== undefined);
  return at < 0 ? errorFor("/embedHosts") : `"${hosts[at]}" ${detail[at]}`;
}
