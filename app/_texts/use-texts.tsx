"use client";

import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Group, Message } from "./message";
import { createTexts, type Texts, type Viewer } from "./texts";

type Provided = { readonly [G in Group]?: Texts<G> };

const TextsContext = createContext<Provided>({});

export interface TextsProviderProps {
  viewer: Viewer;
  messages: Partial<Record<Group, Readonly<Record<string, Message>>>>;
  children: ReactNode;
}

/** Hands groups of messages to the browser, beside those that came from further out. Pages use `PageTexts`. */
export function TextsProvider({ viewer, messages, children }: TextsProviderProps) {
  const outer = useContext(TextsContext);
  const provided = useMemo(() => {
    const made = Object.entries(messages).map(([group, texts]) => [group, createTexts(texts, viewer)]);
    return { ...outer, ...Object.fromEntries(made) };
  }, [outer, messages, viewer]);
  return <TextsContext value={provided}>{children}</TextsContext>;
}

/** The texts of a group in a component that runs in the browser; a `PageTexts` around it has to name the group. */
export function useTexts<G extends Group>(group: G): Texts<G> {
  const texts = useContext(TextsContext)[group];
  if (!texts) throw new Error(`no texts of ${group}`);
  return texts;
}
