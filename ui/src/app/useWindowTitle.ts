import { useMatches } from "@tanstack/react-router";
import { useEffect } from "react";
import { useShownName } from "@/lib/shownName";

/** Calls the window after the page in view, and tells how the page is called. */
export function useWindowTitle(): string {
  const { title = "Cairn", parent } = useMatches({ select: (matches) => matches.at(-1)?.staticData }) ?? {};
  const name = useShownName();
  const told = name && parent ? name : title;
  useEffect(() => {
    document.title = title === "Cairn" ? title : `${told} · Cairn`;
  }, [title, told]);
  return told;
}
