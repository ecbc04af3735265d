/** Stays focusable while pending, so that the focus is not lost. */
export function SubmitButton({ pending, children }: { pending: boolean; children: string }) {
  return (
    <button type="submit" aria-disabled={pending} className="button button-primary self-start aria-disabled:opacity-60">
      {children}
    </button>
  );
}
