import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useLayoutEffect, useState } from "react";
import type { Box } from "@/features/spans/layGraph";

type Size = { width: number; height: number };
type View = { x: number; y: number; scale: number };

const SCALE = { least: 0.15, most: 2.5, firstLeast: 0.5 };
const STEP = 1.25;
const PAN_PX = 60;
const EDGE_PX = 16;

/** What part of a picture is seen through a frame, moved by mouse, wheel and key. */
export function usePanZoom(frame: RefObject<HTMLElement | null>, picture: Size) {
  const [view, setView] = useState<View | null>(null);
  const now = view ?? { x: 0, y: 0, scale: 1 };

  const fitted = (least: number): View => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = frame.current ?? {};
    const whole = Math.min(1, width / Math.max(1, picture.width), height / Math.max(1, picture.height));
    const scale = Math.max(least, whole);
    return { x: (width - picture.width * scale) / 2, y: Math.max(0, (height - picture.height * scale) / 2), scale };
  };
  const start = useEffectEvent(() => setView(fitted(SCALE.firstLeast)));
  useLayoutEffect(() => start(), []);

  /** Round a point of the frame; its middle if none is given. */
  const zoom = (factor: number, at?: { x: number; y: number }) => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    const { x, y } = at ?? { x: clientWidth / 2, y: clientHeight / 2 };
    setView((old) => {
      const from = old ?? now;
      const scale = Math.min(SCALE.most, Math.max(SCALE.least, from.scale * factor));
      const by = scale / from.scale;
      return { x: x - (x - from.x) * by, y: y - (y - from.y) * by, scale };
    });
  };
  const pan = (x: number, y: number) => setView((old) => ({ ...(old ?? now), x: now.x + x, y: now.y + y }));

  /** Moves no further than it must for a box to be seen. */
  const reveal = (box: Box) => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    setView((old) => {
      const from = old ?? fitted(SCALE.firstLeast);
      const [left, top] = [box.x * from.scale + from.x, box.y * from.scale + from.y];
      const [right, bottom] = [left + box.width * from.scale, top + box.height * from.scale];
      const shift = (low: number, high: number, room: number) =>
        low < EDGE_PX ? EDGE_PX - low : high > room - EDGE_PX ? Math.max(EDGE_PX - low, room - EDGE_PX - high) : 0;
      const moved = { x: shift(left, right, clientWidth), y: shift(top, bottom, clientHeight) };
      return moved.x === 0 && moved.y === 0 ? from : { ...from, x: from.x + moved.x, y: from.y + moved.y };
    });
  };

  const onWheel = useEffectEvent((event: WheelEvent) => {
    event.preventDefault();
    const bounds = frame.current?.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 500), {
      x: event.clientX - (bounds?.left ?? 0),
      y: event.clientY - (bounds?.top ?? 0),
    });
  });
  useEffect(() => {
    const element = frame.current;
    const listener = (event: WheelEvent) => onWheel(event);
    // By hand, since React listens to the wheel without the right to keep the page where it is.
    element?.addEventListener("wheel", listener, { passive: false });
    return () => element?.removeEventListener("wheel", listener);
  }, [frame]);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button === 0 && event.target instanceof Element && !event.target.closest("button")) {
      event.currentTarget.setPointerCapture(event.pointerId);
    }
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) pan(event.movementX, event.movementY);
  };
  return {
    view: now,
    zoomIn: () => zoom(STEP),
    zoomOut: () => zoom(1 / STEP),
    fit: () => setView(fitted(SCALE.least)),
    panTowards: ({ x, y }: { x: number; y: number }) => pan(-x * PAN_PX, -y * PAN_PX),
    reveal,
    handlers: { onPointerDown, onPointerMove },
  };
}
