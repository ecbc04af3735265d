import type { ReactNode } from "react";

/** Pages without the site around them. */
export default function BareLayout({ children }: { children: ReactNode }) {
  return (
    <main id="main" tabIndex={-1} className="flex grow flex-col outline-none">
      {children}
    </main>
  );
}
