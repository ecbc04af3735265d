import type { SaidProblem } from "@/app/_hooks/problem-words";

/** What went wrong with a form or an action as a whole. */
export function FormProblem({ problem }: { problem: SaidProblem | null }) {
  return (
    <div role="alert" className="empty:hidden">
      {problem && (
        <p lang={problem.lang} className="rounded-lg border border-danger bg-danger-soft px-4 py-2.5 text-danger">
          {problem.text}
        </p>
      )}
    </div>
  );
}
