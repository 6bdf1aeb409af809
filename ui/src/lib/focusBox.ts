import type { RefObject } from "react";

/** To a text box, with its text chosen so that typing replaces it. */
export function focusBox(box: RefObject<HTMLInputElement | null>): void {
  box.current?.focus();
  box.current?.select();
}
