import { cookies } from "next/headers";
import { readTheme, type Theme, themeCookie } from "@/app/_components/site/theme";

/** What the viewer chose. */
export async function currentTheme(): Promise<Theme> {
  return readTheme((await cookies()).get(themeCookie)?.value);
}
