import type { Box } from "@/features/spans/layGraph";

export const DIRECTIONS: Record<string, { x: number; y: number }> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

type Press = { from: string; key: string; isSideways: boolean };

/** Which box an arrow leads to: to the nearest rank and what is closest in it; or along the rank. */
export function boxTowards(boxes: ReadonlyMap<string, Box>, { from, key, isSideways }: Press): string | null {
  const [start, direction] = [boxes.get(from), DIRECTIONS[key]];
  if (!start || !direction) return null;
  const isAlongRank = (direction.x !== 0) !== isSideways;
  let best: { id: string; ahead: number; aside: number } | null = null;
  for (const [id, box] of boxes) {
    const across = centreOf(box).x - centreOf(start).x;
    const down = centreOf(box).y - centreOf(start).y;
    const ahead = across * direction.x + down * direction.y;
    const aside = Math.abs(across * direction.y) + Math.abs(down * direction.x);
    if (ahead < 1 || (isAlongRank && aside > 1)) continue;
    const isNearer = best === null || ahead < best.ahead - 1 || (ahead < best.ahead + 1 && aside < best.aside);
    if (isNearer) best = { id, ahead, aside };
  }
  return best?.id ?? null;
}

const centreOf = ({ x, y, width, height }: Box) => ({ x: x + width / 2, y: y + height / 2 });
