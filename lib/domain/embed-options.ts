import { z } from "zod";
import { playerId } from "./text";

const rowsMax = 100;
const themes = ["light", "dark", "auto"] as const;

/** Of the address of an embedded board; what makes no sense is as if it was not said. */
export const embedOptions = z.object({
  rows: z.coerce.number().int().min(1).max(rowsMax).catch(10),
  theme: z.enum(themes).catch("auto"),
  /** Marked in the table. */
  player: playerId.nullable().catch(null),
});

export type EmbedOptions = z.infer<typeof embedOptions>;

/** The options as an address says them, without those that go without saying. */
export function embedQuery(options: EmbedOptions): string {
  const usual = embedOptions.parse({});
  const said = Object.entries(options).filter(([name, value]) => value !== usual[name as keyof EmbedOptions]);
  return said.length === 0 ? "" : `?${new URLSearchParams(said.map(([name, value]) => [name, String(value)]))}`;
}
