import { useCallback, useState } from "react";

type Found = { count: number; isCut: boolean };
const NONE: Found = { count: 0, isCut: false };

/** Words that are looked for in one body, and which of the places is looked at. */
export function useFinding() {
  const [isOpen, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const [{ count, isCut }, setFound] = useState(NONE);
  const onFound = useCallback((next: number, nextIsCut: boolean) => {
    setFound((old) => (old.count === next && old.isCut === nextIsCut ? old : { count: next, isCut: nextIsCut }));
  }, []);
  return {
    isOpen,
    words,
    at: Math.min(at, Math.max(0, count - 1)),
    count,
    isCut,
    onFound,
    open: () => setOpen(true),
    close: () => {
      setOpen(false);
      setWords("");
      setAt(0);
      setFound(NONE);
    },
    look: (next: string) => {
      setWords(next);
      setAt(0);
      if (next === "") setFound(NONE);
    },
    /** Past the last place comes the first. */
    step: (by: 1 | -1) => {
      if (count > 0) setAt((Math.min(at, count - 1) + by + count) % count);
    },
  };
}

export type Finding = ReturnType<typeof useFinding>;
