import { useState } from "react";

type Branches = Map<string, boolean>;

const OPEN_DEPTH = 2;
const BRANCHES_MAX = 2_000;

// What was opened and closed stays so in the next value of the same name, until the page is left.
const remembered = new Map<string, Branches>();

/** Which branches of a tree are open. With a memory, trees of the same one agree. */
export function useOpenBranches(memory: string | undefined) {
  const [own] = useState<Branches>(() => new Map());
  const [revision, setRevision] = useState(0);
  const branches = memory === undefined ? own : memoryOf(memory);
  return {
    isOpen: (id: string, depth: number) => isOpenIn(branches, id, depth),
    /** What differs from how it is at first. */
    revision,
    branches: branches as ReadonlyMap<string, boolean>,
    setOpen: (id: string, isOpen: boolean) => {
      if (branches.size >= BRANCHES_MAX) branches.clear();
      branches.set(id, isOpen);
      setRevision((revision) => revision + 1);
    },
  };
}

export function isOpenIn(branches: ReadonlyMap<string, boolean>, id: string, depth: number): boolean {
  return branches.get(id) ?? depth < OPEN_DEPTH;
}

function memoryOf(name: string): Branches {
  const known = remembered.get(name) ?? new Map<string, boolean>();
  remembered.set(name, known);
  return known;
}
