import { type KeyboardEvent, useRef, useState } from "react";
import type { Completion } from "@/components/SearchBox";

// The offers below a text box: which there are, which one the keys have reached, and what choosing one writes.

type Complete = ((text: string, caret: number) => Completion | null) | undefined;

const NOTHING: Completion = { from: 0, to: 0, options: [] };

export function useCompletion(complete: Complete, onText: (text: string) => void) {
  const [offered, setOffered] = useState(NOTHING);
  const [active, setActive] = useState(-1);
  const box = useRef<HTMLInputElement | null>(null);
  const { options } = offered;

  const offer = (input: HTMLInputElement) => {
    if (!complete) return;
    box.current = input;
    setOffered(complete(input.value, input.selectionStart ?? input.value.length) ?? NOTHING);
    setActive(-1);
  };
  const close = () => setOffered(NOTHING);
  const choose = (index: number) => {
    const input = box.current;
    const option = options[index];
    if (!input || !option) return;
    const text = input.value.slice(0, offered.from) + option.insert + input.value.slice(offered.to);
    const caret = offered.from + option.insert.length;
    onText(text);
    setActive(-1);
    setOffered(complete?.(text, caret) ?? NOTHING);
    // The text is in the box after the next drawing; only then can the caret be put into it.
    requestAnimationFrame(() => input.setSelectionRange(caret, caret));
  };
  /** True when the key was meant for the offers. */
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): boolean => {
    if (!complete) return false;
    if (event.key === "ArrowDown" && options.length === 0) offer(event.currentTarget);
    else if (options.length === 0) return false;
    else if (event.key === "ArrowDown") setActive((active + 1) % options.length);
    else if (event.key === "ArrowUp") setActive(active <= 0 ? options.length - 1 : active - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) choose(active);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const attributes = (listId: string) =>
    complete
      ? ({
          role: "combobox",
          "aria-autocomplete": "list",
          "aria-expanded": options.length > 0,
          "aria-controls": options.length > 0 ? listId : undefined,
          "aria-activedescendant": active >= 0 ? `${listId}-${active}` : undefined,
        } as const)
      : {};
  return { options, active, offer, close, choose, onKeyDown, attributes };
}
