import Link from "next/link";
import { NoticePage } from "@/app/_components/site/notice-page";

export default function BoardNotFound() {
  return (
    <NoticePage title="There is no such board">
      <p className="text-muted">It may have been removed, or the address may have a typing error.</p>
      <Link href="/" className="button button-primary">
        See all boards
      </Link>
    </NoticePage>
  );
}
