import type { LiveBoard } from "@/app/_hooks/live-board";

const signs = ["keydown", "pointerdown", "visibilitychange"];

/**
 * Calls back when the board's tools have something to do: at a sign of life from the viewer, once the standings change,
 * or at once for somebody of whom this browser keeps something.
 */
export function awaitFirstSign(live: LiveBoard, onSign: (event?: Event) => void): () => void {
  const { snapshot } = live.getView();
  const onEvent = (event: Event) => {
    // Some browsers would search the page.
    if ((event as KeyboardEvent).key === "/" && event.target === document.body) event.preventDefault();
    onSign(event);
  };
  for (const sign of signs) document.addEventListener(sign, onEvent);
  const unsubscribe = live.subscribe(() => {
    if (live.getView().snapshot !== snapshot) onSign();
  });
  if (keepsSomething()) onSign();
  return () => {
    for (const sign of signs) document.removeEventListener(sign, onEvent);
    unsubscribe();
  };
}

function keepsSomething(): boolean {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith("rungs:"));
  } catch {
    return false;
  }
}
