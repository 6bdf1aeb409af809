import type { LucideIcon } from "lucide-react";

export type PaletteEntry = {
  id: string;
  group: string;
  label: string;
  /** Where it is, or why it was found. */
  note?: string | undefined;
  Icon: LucideIcon;
  run: () => void;
};
