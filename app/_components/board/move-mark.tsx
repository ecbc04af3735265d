import { useTexts } from "@/app/_texts/use-texts";

/** Places gained or lost lately. Its room is kept, or lies below the rank where there is none, so that no column jumps. */
export function MoveMark({ places }: { places: number }) {
  const t = useTexts("board");
  const up = places > 0;
  const count = Math.abs(places);
  return (
    <span className={`move-mark ${up ? "text-up" : "text-down"}`}>
      {places !== 0 && (
        <>
          <span aria-hidden="true">
            {up ? "▲" : "▼"}
            {count > 999 ? "999+" : count}
          </span>
          <span className="sr-only">{t(up ? "up" : "down", { count })}</span>
        </>
      )}
    </span>
  );
}
