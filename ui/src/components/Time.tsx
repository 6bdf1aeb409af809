import { formatInstant, formatListTime, formatRelative } from "@/lib/format";
import { useNow } from "@/lib/useNow";

/** An instant; the full local time is its title. */
export function Time({ at, style }: { at: string; style: "list" | "relative" }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {style === "list" ? formatListTime(at, now) : formatRelative(at, now)}
    </time>
  );
}
