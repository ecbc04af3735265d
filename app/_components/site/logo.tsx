/** The mark: a ladder. Decorative wherever the name stands beside it. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={className} fill="none" stroke="currentColor">
      <g strokeWidth="2" strokeLinecap="round">
        <path d="M7 3v18M17 3v18" opacity=".55" />
        <path d="M7 7.5h10M7 12h10M7 16.5h10" />
      </g>
    </svg>
  );
}
