"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { languageCookie } from "@/app/_texts/viewer";
import { ChoiceBar } from "./choice-bar";
import { keepChoice } from "./keep-choice";

interface LanguageSwitchProps {
  legend: string;
  current: string;
  /** By language, the first of them shown first. */
  labels: Record<string, string>;
}

/** The page is written anew by the server and stays where it is: nothing open or typed is lost. */
export function LanguageSwitch({ legend, current, labels }: LanguageSwitchProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState(current);

  function choose(language: string) {
    setChosen(language);
    keepChoice(languageCookie, language);
    router.refresh();
  }

  return <ChoiceBar name="language" legend={legend} labels={labels} chosen={chosen} onChoose={choose} languages />;
}
