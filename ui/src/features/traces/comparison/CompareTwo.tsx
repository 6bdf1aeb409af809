import { GitCompareArrows } from "lucide-react";
import { Button } from "@/components/Button";
import { useHotkeys } from "@/lib/hotkeys";

type CompareTwoProps = { ids: readonly string[]; onCompare: (leftId: string, rightId: string) => void };

/** Of chosen traces: the way to their comparison, where they are two. */
export function CompareTwo({ ids, onCompare }: CompareTwoProps) {
  // Lists show the newest first, and what came before stands on the left.
  const [newer, older, more] = ids;
  const compare = newer && older && more === undefined ? () => onCompare(older, newer) : null;
  useHotkeys(compare ? { d: compare } : {});
  return (
    compare && (
      <Button onPress={compare} aria-keyshortcuts="D">
        <GitCompareArrows aria-hidden /> Compare <kbd>D</kbd>
      </Button>
    )
  );
}
