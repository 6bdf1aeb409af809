import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import { appendPage, type ListItem, type LiveList, listOfPage, type Page } from "@/lib/liveList";

type CatchUpOptions<T extends ListItem> = {
  /** What is in sight. */
  known: LiveList<T> | null;
  isBusy: boolean;
  /** Another one means that what is read is not wanted any more. */
  generation: RefObject<number>;
  load: (after: string | null) => Promise<Page<T>>;
  onCaughtUp: (known: LiveList<T>, list: LiveList<T>) => void;
};

/** Reads what is in sight again, and nothing flickers: for lists that are told that they changed, and not how. */
export function useCatchUp<T extends ListItem>({ known, isBusy, generation, load, onCaughtUp }: CatchUpOptions<T>) {
  const [isOn, setOn] = useState(false);
  // What is being read may have been read too early: then it is read once more.
  const isOwed = useRef(false);
  const catchUp = async () => {
    isOwed.current = true;
    if (!known || isBusy || isOn) return;
    isOwed.current = false;
    setOn(true);
    const mine = generation.current;
    try {
      let list = listOfPage(await load(null));
      while (list.hasNextPage && list.items.length < known.items.length) {
        list = appendPage(list, await load(list.endCursor));
      }
      if (mine === generation.current) onCaughtUp(known, list);
    } catch {
      // What stands there is what was last read; the next change is another chance.
    }
    setOn(false);
  };
  const catchUpLater = useEffectEvent(() => {
    if (isOwed.current) catchUp();
  });
  useEffect(() => {
    if (!isBusy && !isOn) catchUpLater();
  }, [isBusy, isOn]);
  return catchUp;
}
