import { useEffect } from "react";
import { useNamedPage } from "@/lib/shownName";
import { readStored, writeStored } from "@/lib/storage";

// Where somebody has been of late in this browser, the latest first.

const KINDS = ["project", "trace", "dataset", "prompt", "dashboard"] as const;

export type Place = { href: string; label: string; kind: (typeof KINDS)[number] };

const PLACES_MAX = 8;

function parsePlaces(value: unknown): Place[] | undefined {
  return Array.isArray(value) ? value.filter(isPlace).slice(0, PLACES_MAX) : undefined;
}

function isPlace(value: unknown): value is Place {
  if (typeof value !== "object" || value === null) return false;
  const { href, label, kind } = value as Partial<Record<keyof Place, unknown>>;
  return (
    typeof href === "string" &&
    /^\/[^/]/.test(href) &&
    typeof label === "string" &&
    KINDS.some((known) => known === kind)
  );
}

export function recentPlaces(): Place[] {
  return readStored("recents", parsePlaces, []);
}

export function rememberPlace(place: Place): void {
  const others = recentPlaces().filter((other) => other.href !== place.href);
  writeStored("recents", [place, ...others].slice(0, PLACES_MAX));
}

/** Remembers the page that one is at, once it is known what it shows, and calls it so. */
export function useRememberedPage(kind: Place["kind"], label: string | undefined): void {
  useNamedPage(label);
  useEffect(() => {
    if (label) rememberPlace({ href: window.location.pathname, label, kind });
  }, [kind, label]);
}
