type Range = { start: number; end: number };

/** Text with marked ranges; offsets count UTF-16 units, as the server sends them. */
export function Highlighted({ text, ranges }: { text: string; ranges: readonly Range[] }) {
  const pieces = piecesOf(text, ranges);
  return pieces.map((piece) =>
    piece.isMarked ? <mark key={piece.start}>{piece.text}</mark> : <span key={piece.start}>{piece.text}</span>,
  );
}

type Piece = { start: number; text: string; isMarked: boolean };

export function piecesOf(text: string, ranges: readonly Range[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const push = (end: number, isMarked: boolean) => {
    if (end > at) pieces.push({ start: at, text: text.slice(at, end), isMarked });
    at = Math.max(at, end);
  };
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    push(Math.min(start, text.length), false);
    push(Math.min(end, text.length), true);
  }
  push(text.length, false);
  return pieces;
}
