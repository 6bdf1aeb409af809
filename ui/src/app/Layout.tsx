import { useMatches } from "@tanstack/react-router";
import { BareShell } from "@/app/BareShell";
import { Shell } from "@/app/Shell";

/** Around a page: the application, or for those who come for that page alone no more than they need. */
export function Layout() {
  const isAlone = useMatches({ select: (matches) => matches.at(-1)?.staticData.isAlone === true });
  return isAlone ? <BareShell /> : <Shell />;
}
