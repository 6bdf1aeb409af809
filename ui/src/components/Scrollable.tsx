import type { ReactNode, Ref } from "react";

type ScrollableProps = { label: string; className?: string | undefined; ref?: Ref<HTMLElement>; children: ReactNode };

/** A box that scrolls can be reached and scrolled by key. */
export function Scrollable({ label, className, ref, children }: ScrollableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a tab stop only a mouse could scroll it
    <section ref={ref} aria-label={label} className={className} tabIndex={0}>
      {children}
    </section>
  );
}
