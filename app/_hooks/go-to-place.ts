/** From whoever knows a place to the table that can show it, wherever on the page they are. */
const type = "rungs:place";

/** @param place from 1 */
export function goToPlace(place: number): void {
  window.dispatchEvent(new CustomEvent(type, { detail: place }));
}

export function onGoToPlace(listener: (place: number) => void): () => void {
  const onEvent = (event: Event) => listener((event as CustomEvent<number>).detail);
  window.addEventListener(type, onEvent);
  return () => window.removeEventListener(type, onEvent);
}
