"use client";

import { NoticePage } from "@/app/_components/site/notice-page";

export default function PageError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <NoticePage title="This page could not be made">
      <p className="text-muted">The server ran into a problem. Scores that were accepted are safe.</p>
      <button type="button" className="button button-primary" onClick={retry}>
        Try again
      </button>
    </NoticePage>
  );
}
