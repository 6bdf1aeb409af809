import { type PointerEvent, type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { Box } from "@/features/spans/layGraph";

type Size = { width: number; height: number };
type View = { x: number; y: number; scale: number };

const SCALE = { least: 0.15, most: 2.5, firstLeast: 0.5 };
const STEP = 1.25;
const PAN_PX = 60;
const EDGE_PX = 16;
/** What lies over the picture in the last corner of the frame: its buttons. */
const BUTTONS_PX: Size = { width: 112, height: 48 };

/** No further away than it must be for a box to be seen. */
function revealed(view: View, box: Box, { width, height }: Size): View {
  const [left, top] = [box.x * view.scale + view.x, box.y * view.scale + view.y];
  const [right, bottom] = [left + box.width * view.scale, top + box.height * view.scale];
  const shift = (low: number, high: number, room: number) =>
    low < EDGE_PX ? EDGE_PX - low : high > room - EDGE_PX ? Math.max(EDGE_PX - low, room - EDGE_PX - high) : 0;
  return { ...view, x: view.x + shift(left, right, width), y: view.y + shift(top, bottom, height) };
}

type Seen = {
  picture: Size;
  /** In sight at first. */
  first: Box | undefined;
  /** How large the whole is drawn where there is room. */
  wholeMost: number;
};

/** What part of a picture is seen through a frame, moved by mouse, wheel and key. */
export function usePanZoom(frame: RefObject<HTMLElement | null>, { picture, first, wholeMost }: Seen) {
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 });
  const isMoved = useRef(false);

  const room = () => ({ width: frame.current?.clientWidth ?? 0, height: frame.current?.clientHeight ?? 0 });
  /** Above the buttons. */
  const clearRoom = () => ({ ...room(), height: Math.max(0, room().height - BUTTONS_PX.height) });
  const fittedInto = ({ width, height }: Size, least: number): View => {
    const whole = Math.min(wholeMost, width / Math.max(1, picture.width), height / Math.max(1, picture.height));
    const scale = Math.max(least, whole);
    return { x: (width - picture.width * scale) / 2, y: Math.max(0, (height - picture.height * scale) / 2), scale };
  };
  /** A picture that stands beside the buttons has the whole height. */
  const fitted = (least: number): View => {
    const view = fittedInto(room(), least);
    const isBeside = view.x + picture.width * view.scale <= room().width - BUTTONS_PX.width;
    return isBeside ? view : fittedInto(clearRoom(), least);
  };
  const start = useEffectEvent(() => {
    const whole = fitted(SCALE.firstLeast);
    if (!isMoved.current) setView(first ? revealed(whole, first, clearRoom()) : whole);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: while nobody moves it, a picture that grows is fitted anew
  useLayoutEffect(() => start(), [picture.width, picture.height]);

  // So it is where its room grows or shrinks, as on a phone that is turned.
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(() => start());
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame]);

  const move = (change: (old: View) => View) => {
    isMoved.current = true;
    setView(change);
  };
  /** Round a point of the frame; its middle if none is given. */
  const zoom = (factor: number, at?: { x: number; y: number }) => {
    const { x, y } = at ?? { x: room().width / 2, y: room().height / 2 };
    move((old) => {
      const scale = Math.min(SCALE.most, Math.max(SCALE.least, old.scale * factor));
      const by = scale / old.scale;
      return { x: x - (x - old.x) * by, y: y - (y - old.y) * by, scale };
    });
  };
  const pan = (x: number, y: number) => move((old) => ({ ...old, x: old.x + x, y: old.y + y }));

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
    view,
    zoomIn: () => zoom(STEP),
    zoomOut: () => zoom(1 / STEP),
    fit: () => move(() => fitted(SCALE.least)),
    panTowards: ({ x, y }: { x: number; y: number }) => pan(-x * PAN_PX, -y * PAN_PX),
    reveal: (box: Box) => move((old) => revealed(old, box, clearRoom())),
    handlers: { onPointerDown, onPointerMove },
  };
}
