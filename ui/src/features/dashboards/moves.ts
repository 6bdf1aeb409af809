import { moveElement, verticalCompactor } from "react-grid-layout/core";
import { COLUMNS, type Place } from "@/features/dashboards/config";

// Moving widgets without a mouse, by the same rules as with one. Pure.

export type Move = { id: string; label: string; x?: number; y?: number; w?: number; h?: number };

export const MOVES: readonly Move[] = [
  { id: "left", label: "Move left", x: -1 },
  { id: "right", label: "Move right", x: 1 },
  { id: "up", label: "Move up", y: -1 },
  { id: "down", label: "Move down", y: 1 },
  { id: "wider", label: "Wider", w: 1 },
  { id: "narrower", label: "Narrower", w: -1 },
  { id: "taller", label: "Taller", h: 1 },
  { id: "lower", label: "Less tall", h: -1 },
];

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

export function moved(layout: readonly Place[], id: string, move: Move): Place[] {
  const places = layout.map((place) => ({ ...place }));
  const place = places.find(({ i }) => i === id);
  if (!place) return places;
  place.w = within(place.w + (move.w ?? 0), place.minW ?? 1, Math.min(place.maxW ?? COLUMNS, COLUMNS - place.x));
  place.h = within(place.h + (move.h ?? 0), place.minH ?? 1, place.maxH ?? Number.MAX_SAFE_INTEGER);
  const column = places.filter((each) => each !== place && each.x < place.x + place.w && place.x < each.x + each.w);
  const x = within(place.x + (move.x ?? 0), 0, COLUMNS - place.w);
  const next = moveElement(places, place, x, nextY(place, column, move.y ?? 0), false, false, "vertical", COLUMNS);
  return [...verticalCompactor.compact(next, COLUMNS)];
}

/** Past what stands above or beneath it: by a single row it would fall back to where it was. */
function nextY(place: Place, column: readonly Place[], step: number): number {
  const above = column.filter(({ y }) => y < place.y).map(({ y }) => y);
  const beneath = column.filter(({ y }) => y > place.y).map(({ y, h }) => y + h);
  if (step < 0 && above.length > 0) return Math.max(...above);
  return step > 0 && beneath.length > 0 ? Math.min(...beneath) : place.y;
}
