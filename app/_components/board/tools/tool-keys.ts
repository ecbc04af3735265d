"use client";

import { useEffect, useState } from "react";
import { readStored, writeStored } from "@/app/_hooks/stored";

export type Tool = "find" | "jump" | "pause" | "top" | "view";

/** In the order in which the help lists them. */
export const toolKeys: Readonly<Record<Tool, string>> = { find: "/", jump: "j", pause: "p", top: "t", view: "?" };

const tools = Object.keys(toolKeys) as Tool[];
const storageKey = "rungs:keys";

/** The tool that somebody's press of a key or a button asks for. */
export function toolOf(event: Event, keysOn: boolean): Tool | null {
  if (event instanceof KeyboardEvent) return keysOn ? toolOfKey(event) : null;
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-tool]") : null;
  return tools.find((tool) => tool === button?.dataset.tool) ?? null;
}

/** None while somebody types, with a modifier, or under an open dialog. */
function toolOfKey({ key, ctrlKey, metaKey, altKey, shiftKey, repeat, target }: KeyboardEvent): Tool | null {
  if (ctrlKey || metaKey || altKey || repeat || isElsewhere(target)) return null;
  // Where `/` and `?` lie on a keyboard, shift may belong to them.
  if (shiftKey && /[a-z]/i.test(key)) return null;
  return tools.find((tool) => toolKeys[tool] === key.toLowerCase()) ?? null;
}

function isElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector("dialog:modal")) return true;
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** Whether keys do anything, as this browser's viewer chose, in all its tabs. */
export function useKeySwitch(): [on: boolean, setOn: (on: boolean) => void] {
  const [on, setOn] = useState(isOn);
  useEffect(() => {
    const onStorage = ({ key }: StorageEvent) => {
      if (key === storageKey || key === null) setOn(isOn());
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, []);
  // The hints beside buttons go with it.
  useEffect(() => {
    document.documentElement.toggleAttribute("data-keys-off", !on);
    return () => document.documentElement.removeAttribute("data-keys-off");
  }, [on]);
  const choose = (next: boolean) => {
    writeStored(storageKey, next ? null : "off");
    setOn(next);
  };
  return [on, choose];
}

function isOn(): boolean {
  return readStored(storageKey) !== "off";
}
