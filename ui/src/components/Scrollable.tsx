import type { ReactNode } from "react";

type ScrollableProps = { label: string; className?: string; children: ReactNode };

/** A box that scrolls can be reached and scrolled by key. */
export function Scrollable({ label, className, children }: ScrollableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a tab stop only a mouse could scroll it
    <section aria-label={label} className={className} tabIndex={0}>
      {children}
    </section>
  );
}
