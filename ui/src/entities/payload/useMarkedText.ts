import { type RefObject, useEffect, useRef } from "react";
import type { Finding } from "@/entities/payload/useFinding";
import { placesOf } from "@/lib/placesOf";

const PLACES_MAX = 1_000;

/** For a box in which words are marked in whatever it shows, and the place that is looked at is brought into sight. */
export function useMarkedBox(
  { words: sought, at, onFound }: Finding,
  isWanted = true,
): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const words = isWanted ? sought : "";
  useEffect(() => {
    const root = box.current;
    if (!root || words === "") return;
    let own: Range[] = [];
    const forget = () => {
      for (const range of own) for (const name of ["found", "found-now"]) highlightOf(name)?.delete(range);
    };
    const mark = (isSought: boolean) => {
      forget();
      const { ranges, isCut } = rangesIn(root, words);
      own = ranges;
      onFound(ranges.length, isCut);
      const now = ranges[at];
      for (const range of ranges) highlightOf(range === now ? "found-now" : "found")?.add(range);
      if (isSought) now?.startContainer.parentElement?.scrollIntoView({ block: "nearest" });
    };
    mark(true);
    // Colours of code and further pieces come later.
    const observer = new MutationObserver(() => mark(false));
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      forget();
    };
  }, [words, at, onFound]);
  return box;
}

function rangesIn(root: HTMLElement, words: string): { ranges: Range[]; isCut: boolean } {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const { start, end } of placesOf(node.nodeValue ?? "", words)) {
      if (ranges.length === PLACES_MAX) return { ranges, isCut: true };
      const range = document.createRange();
      range.setStart(node, start);
      range.setEnd(node, end);
      ranges.push(range);
    }
  }
  return { ranges, isCut: false };
}

/** The marks of one look on the whole page; null in a browser that has none. */
function highlightOf(name: string): Highlight | null {
  if (typeof CSS === "undefined" || !("highlights" in CSS)) return null;
  const known = CSS.highlights.get(name) ?? new Highlight();
  CSS.highlights.set(name, known);
  return known;
}
