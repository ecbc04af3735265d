import { NoticePage } from "@/app/_components/site/notice-page";

export default function BoardNotFound() {
  return (
    <NoticePage title="There is no such board">
      <p className="text-muted">It may have been removed, or the address may have a typing error.</p>
      <a href="/" className="button button-primary">
        See all boards
      </a>
    </NoticePage>
  );
}
