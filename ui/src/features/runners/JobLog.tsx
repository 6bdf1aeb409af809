import { useEffect, useRef } from "react";
import { Scrollable } from "@/components/Scrollable";
import type { LogLine } from "@/features/runners/useJob";
import { formatCount } from "@/lib/format";
import styles from "./Playground.module.css";

const LINES_SHOWN = 2_000;
const NEAR_END_PX = 40;

/** What the program printed. It follows the end while one looks there. */
export function JobLog({ lines }: { lines: readonly LogLine[] }) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end
  useEffect(() => {
    if (box.current && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  useEffect(() => {
    const element = box.current;
    const onScroll = () => {
      if (element) isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX;
    };
    element?.addEventListener("scroll", onScroll, { passive: true });
    return () => element?.removeEventListener("scroll", onScroll);
  }, []);
  const first = Math.max(0, lines.length - LINES_SHOWN);
  return (
    <section aria-label="Printed" className={styles.printed}>
      <h3>Log</h3>
      {first > 0 && <p className={styles.note}>The first {formatCount(first)} lines are left out.</p>}
      <Scrollable ref={box} label="Log" className={styles.log}>
        {lines.length === 0 ? (
          <p className={styles.note}>Nothing was printed.</p>
        ) : (
          <ol>
            {lines.slice(first).map(({ stream, text }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines are only added
              <li key={first + at} data-stream={stream}>
                {text}
              </li>
            ))}
          </ol>
        )}
      </Scrollable>
    </section>
  );
}
