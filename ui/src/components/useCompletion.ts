import { type KeyboardEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Completion } from "@/components/SearchBox";

// The offers below a text box: which there are, which one the keys have reached, and what choosing one writes.

export type Completing = {
  /** What may stand at the caret; it may be more when it is asked again. */
  at: (text: string, caret: number) => Completion | null;
  /** Told of every change of text and caret. */
  prepare?: (text: string, caret: number) => void;
  /** Told of what was chosen. */
  onChosen?: (label: string) => void;
};

type Place = { text: string; caret: number };

const NOTHING: Completion = { from: 0, to: 0, options: [] };

export function useCompletion(completing: Completing | undefined, onText: (text: string) => void) {
  const [place, setPlace] = useState<Place | null>(null);
  const [activeLabel, setActiveLabel] = useState<string | null>(null);
  const box = useRef<HTMLInputElement | null>(null);
  const offered = (place && completing?.at(place.text, place.caret)) || NOTHING;
  const { options, note } = offered;
  const active = options.findIndex(({ label }) => label === activeLabel);
  const activate = (index: number) => setActiveLabel(options[index]?.label ?? null);

  const show = (text: string, caret: number) => {
    completing?.prepare?.(text, caret);
    setPlace({ text, caret });
    setActiveLabel(null);
  };
  const offer = (input: HTMLInputElement) => {
    if (!completing) return;
    box.current = input;
    show(input.value, input.selectionStart ?? input.value.length);
  };
  const close = () => setPlace(null);
  const choose = (index: number) => {
    const input = box.current;
    const option = options[index];
    if (!input || !option) return;
    const text = input.value.slice(0, offered.from) + option.insert + input.value.slice(offered.to);
    const caret = offered.from + option.insert.length;
    // The text is in the box at once: what is typed right after it must find the caret behind it.
    flushSync(() => onText(text));
    input.setSelectionRange(caret, caret);
    if (completing?.onChosen) {
      close();
      completing.onChosen(option.label);
      return;
    }
    show(text, caret);
  };
  /** True when the key was meant for the offers. */
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): boolean => {
    if (!completing) return false;
    const isOpen = options.length > 0 || note !== undefined;
    if (event.key === "ArrowDown" && options.length === 0) offer(event.currentTarget);
    else if (!isOpen) return false;
    else if (event.key === "Escape") close();
    else if (options.length === 0) return false;
    else if (event.key === "ArrowDown") activate((active + 1) % options.length);
    else if (event.key === "ArrowUp") activate(active <= 0 ? options.length - 1 : active - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) choose(active);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const attributes = (listId: string) =>
    completing
      ? ({
          role: "combobox",
          "aria-autocomplete": "list",
          "aria-expanded": options.length > 0,
          "aria-controls": options.length > 0 ? listId : undefined,
          "aria-activedescendant": active >= 0 ? `${listId}-${active}` : undefined,
        } as const)
      : {};
  return { options, note, active, offer, close, choose, onKeyDown, attributes };
}
