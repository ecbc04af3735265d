"use client";

import { useSyncExternalStore } from "react";
import { NarrowPage } from "@/app/_components/site/narrow-page";
import { useTexts } from "@/app/_texts/use-texts";
import { JoinForm } from "./join-form";

/** The form that an invitation opens. Its one-time token is in the fragment of the address, which no server receives. */
export function JoinByLink() {
  const t = useTexts("account");
  const token = useSyncExternalStore(onHashChange, readToken, unknownYet);
  if (token === null) return <NarrowPage title={t("join.incomplete")} lead={t("join.incomplete.lead")} />;
  return (
    <NarrowPage title={t("join.title")} lead={t("join.lead")}>
      <JoinForm token={token} />
    </NarrowPage>
  );
}

function onHashChange(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

function readToken(): string | null {
  return new URLSearchParams(window.location.hash.slice(1)).get("token") || null;
}

/** Until the page's script runs, which also sends the form. */
function unknownYet(): string {
  return "";
}
