import type { Shape } from "@/app/_hooks/shapes";
import type { OrganizerView } from "@/lib/domain/access";

/** What signing in and joining are answered. */
export const organizerShape: Shape<{ organizer: OrganizerView }> = { organizer: { id: "" } };
