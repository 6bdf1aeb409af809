import type { SequencePlace } from "@/components/charts/sequence";

// How far out the values of things stand on the spokes of a radar. Pure.

export type Spoke = SequencePlace & {
  /** The value that stands at the outer end. */
  outer: number;
  /** From 0 at the centre to 1. */
  shares: readonly (number | null)[];
};

/** Fewer are no surface. */
export const SPOKES_MIN = 3;

/** Figures of other kinds would hide each other on one scale: each spoke has its own, from 0 to 1 or to what is more. */
export function spokesOf(places: readonly SequencePlace[]): Spoke[] {
  return places.map((place) => {
    const outer = Math.max(1, ...place.values.map((value) => value ?? 0));
    return {
      ...place,
      outer,
      shares: place.values.map((value) => (value === null ? null : Math.max(0, value) / outer)),
    };
  });
}
