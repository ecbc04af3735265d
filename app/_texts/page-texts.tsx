import type { ReactNode } from "react";
import { catalogues } from "./catalogues";
import { getViewer } from "./get-texts";
import type { Group } from "./message";
import { TextsProvider } from "./use-texts";

/** Sends the browser the groups that the components inside need, in the viewer's language and in no other. */
export async function PageTexts({ groups, children }: { groups: readonly Group[]; children: ReactNode }) {
  const viewer = await getViewer();
  const messages = Object.fromEntries(groups.map((group) => [group, catalogues[viewer.language][group]]));
  return (
    <TextsProvider viewer={viewer} messages={messages}>
      {children}
    </TextsProvider>
  );
}
