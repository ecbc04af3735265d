/** Takes a place to the table of a board, from anywhere on the page, and even before the table is mounted. */
const type = "rungs:place";

let wanted: { board: string; place: number } | null = null;

/** @param place from 1 */
export function goToPlace(board: string, place: number): void {
  wanted = { board, place };
  window.dispatchEvent(new Event(type));
}

/** A place that no table has taken is dropped when one goes. */
export function onGoToPlace(board: string, listener: (place: number) => void): () => void {
  const take = () => {
    if (wanted?.board !== board) return;
    listener(wanted.place);
    wanted = null;
  };
  take();
  window.addEventListener(type, take);
  return () => {
    wanted = null;
    window.removeEventListener(type, take);
  };
}
