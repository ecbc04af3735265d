import { getTexts } from "@/app/_texts/get-texts";

/** To the other views of a board. Made on the server, so that they are no part of what the page loads. */
export async function BoardLinks({ boardId }: { boardId: string }) {
  const t = await getTexts("board");
  return (["race", "stage"] as const).map((view) => (
    <a key={view} href={`/boards/${boardId}/${view}`} className="button">
      {t(view)}
    </a>
  ));
}
