import type { Metadata } from "next";
import { JoinForm } from "@/app/_components/settings/join-form";
import { NarrowPage } from "@/app/_components/site/narrow-page";

/** The address holds a one-time token: it is told to nobody. */
export const metadata: Metadata = { title: "Join", robots: { index: false }, referrer: "no-referrer" };

export default async function JoinPage({ searchParams }: PageProps<"/join">) {
  const { token } = await searchParams;
  if (typeof token !== "string" || token === "") {
    return (
      <NarrowPage title="This link is not complete" lead="Open the whole link you were given, or ask for a new one." />
    );
  }
  return (
    <NarrowPage title="Become an organizer" lead="Organizers run the boards. This link works once.">
      <JoinForm token={token} />
    </NarrowPage>
  );
}
