import { notFound } from "next/navigation";

/** Any address that is no page: not found, in the looks of the site. */
export default function MissingPage() {
  notFound();
}
