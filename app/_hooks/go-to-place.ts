/** From whoever knows a place to the table that can show it, wherever on the page they are, even before it is there. */
const type = "rungs:place";

let unheard: number | null = null;

/** @param place from 1 */
export function goToPlace(place: number): void {
  unheard = place;
  window.dispatchEvent(new Event(type));
}

export function onGoToPlace(listener: (place: number) => void): () => void {
  const hear = () => {
    if (unheard !== null) listener(unheard);
    unheard = null;
  };
  hear();
  window.addEventListener(type, hear);
  return () => window.removeEventListener(type, hear);
}
