/** Places gained or lost lately; keeps its room when there is nothing to show, so that no column jumps. */
export function MoveMark({ places }: { places: number }) {
  if (places === 0) return <span className="inline-block w-6 sm:w-9" />;
  const up = places > 0;
  const count = Math.abs(places);
  return (
    <span className={`inline-block w-6 font-medium text-xs sm:w-9 ${up ? "text-up" : "text-down"}`}>
      <span aria-hidden="true">
        {up ? "▲" : "▼"}
        {count > 999 ? "999+" : count}
      </span>
      <span className="sr-only">
        {up ? "up" : "down"} {count} {count === 1 ? "place" : "places"}
      </span>
    </span>
  );
}
