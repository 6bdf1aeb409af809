import type { TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useLive } from "@/lib/useLive";
import { useThrottledChange } from "@/lib/useThrottledChange";

const READ_AGAIN_MS = 1_500;

type Following = { after?: string | null };

type ReadAgainOptions<Told, Variables extends Following> = {
  document: TypedDocumentNode<Told, Variables>;
  variables: Omit<Variables, "after">;
  /** Where the log was when it was read; null until it has been. */
  position: string | null;
  pause?: boolean;
  /** Whether what is told is about what is shown; it is, unless somebody says. */
  isOurs?: (told: Told) => boolean;
  /** False when it cannot be read just now: then it is asked again. */
  onReadAgain: () => boolean;
};

/** Follows what was read, and has it read again while it changes: many changes at once, and after a while. */
export function useReadAgain<Told, Variables extends Following>(options: ReadAgainOptions<Told, Variables>): void {
  const { document, variables, position, pause = false, isOurs = () => true, onReadAgain } = options;
  // Where to follow from is settled by the first answer; later ones must not start the subscription anew.
  const [from, setFrom] = useState<string | null>(null);
  if (from === null && position !== null) setFrom(position);
  const [changes, setChanges] = useState(0);
  useLive({
    document,
    variables: { ...variables, after: from } as Variables,
    pause: pause || from === null,
    onChanges: (told) => {
      if (told.some(isOurs)) setChanges((count) => count + 1);
    },
  });
  useThrottledChange({ revision: changes, intervalMs: READ_AGAIN_MS, onChange: onReadAgain });
}
