import { type ComponentProps, type ComponentType, memo, type ReactNode, Suspense } from "react";

// biome-ignore lint/suspicious/noExplicitAny: whatever its props are, as React's own types have it.
type Component = ComponentType<any>;

function ApartPart({ part: Part, ...props }: { part: Component }) {
  return (
    <Suspense fallback={null}>
      <Part {...props} />
    </Suspense>
  );
}

/**
 * A part of a page whose code comes by itself, and its props. What the server wrote of it stays in sight until the code is
 * there, for as long as the props stay the same: React would drop it at the first render that reaches it sooner.
 */
export const Apart = memo(ApartPart) as <T extends Component>(props: { part: T } & ComponentProps<T>) => ReactNode;
