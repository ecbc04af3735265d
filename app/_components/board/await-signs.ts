import type { LiveBoard } from "@/app/_hooks/live-board";

const types = ["keydown", "click", "visibilitychange"];

/**
 * Tells of whatever gives the board's tools something to do: the viewer's events, a change of the standings, and at once,
 * of a browser that keeps something from an earlier visit.
 */
export function awaitSigns(live: LiveBoard, onSign: (sign?: Event) => void): () => void {
  const { snapshot } = live.getView();
  const onEvent = (event: Event) => {
    // Some browsers would search the page.
    if ((event as KeyboardEvent).key === "/" && event.target === document.body) event.preventDefault();
    onSign(event);
  };
  for (const type of types) document.addEventListener(type, onEvent);
  const unsubscribe = live.subscribe(() => {
    if (live.getView().snapshot !== snapshot) onSign();
  });
  try {
    if (Object.keys(localStorage).some((key) => key.startsWith("rungs:"))) onSign();
  } catch {}
  return () => {
    for (const type of types) document.removeEventListener(type, onEvent);
    unsubscribe();
  };
}
