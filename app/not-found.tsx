import { NoticePage } from "@/app/_components/site/notice-page";

export default function NotFound() {
  return (
    <NoticePage title="There is nothing on this rung">
      <p className="text-muted">The page does not exist, or no longer does.</p>
      <a href="/" className="button button-primary">
        See all boards
      </a>
    </NoticePage>
  );
}
