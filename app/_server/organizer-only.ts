import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { readOrganizer } from "@/lib/auth/organizer";
import { getServices, type Services } from "@/lib/services";

/**
 * The services, for a page that is an organizer's; anybody else is sent to sign in. Every page asks for itself, not only the
 * layout around it: a browser may ask for a page without its layout.
 */
export const organizerOnly = cache(async (): Promise<Services> => {
  const services = await getServices();
  if (!(await readOrganizer(services, await headers()))) redirect("/sign-in");
  return services;
});
