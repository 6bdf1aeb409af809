import { createContext } from "react";

/** The way out of the dialog that a form is in; null where it is in none. */
export const CloseDialog = createContext<(() => void) | null>(null);
