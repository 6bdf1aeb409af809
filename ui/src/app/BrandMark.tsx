/** Stones upon each other. */
export function BrandMark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden>
      <ellipse cx="16" cy="25.5" rx="12" ry="4.5" />
      <ellipse cx="16.8" cy="16.6" rx="8.4" ry="3.9" opacity=".85" />
      <ellipse cx="15.6" cy="8.6" rx="5" ry="3.4" opacity=".7" />
    </svg>
  );
}
