import { useStored, writeStored } from "@/lib/storage";

export type Theme = "light" | "dark" | "system";

export const parseTheme = (value: unknown): Theme | undefined =>
  value === "light" || value === "dark" || value === "system" ? value : undefined;

export const useTheme = () => useStored<Theme>("theme", parseTheme, "system");
export const writeTheme = (theme: Theme) => writeStored("theme", theme);
