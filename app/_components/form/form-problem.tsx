/** What went wrong with a form or an action as a whole. */
export function FormProblem({ message }: { message: string | null }) {
  return (
    <div role="alert" className="empty:hidden">
      {message && <p className="rounded-lg border border-danger bg-danger-soft px-4 py-2.5 text-danger">{message}</p>}
    </div>
  );
}
