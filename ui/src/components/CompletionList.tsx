import { useEffect, useRef } from "react";
import type { CompletionOption } from "@/components/SearchBox";
import styles from "./CompletionList.module.css";

type CompletionListProps = {
  id: string;
  label: string;
  options: readonly CompletionOption[];
  /** What there is to say beside them. */
  note?: string | undefined;
  active: number;
  onChoose: (index: number) => void;
};

/** What may be written next; the box keeps the focus and names the active option. */
export function CompletionList({ id, label, options, note, active, onChoose }: CompletionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  if (options.length === 0 && !note) return null;
  return (
    <div className={styles.popup}>
      {options.length > 0 && (
        <div ref={list} id={id} role="listbox" aria-label={`${label}: suggestions`} className={styles.list}>
          {options.map((option, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the box handles the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the box has the focus
            <div
              key={option.label}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              className={styles.option}
              // A press must not take the focus from the box.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose(index)}
            >
              <code>{option.label}</code>
              <span>{option.detail}</span>
            </div>
          ))}
        </div>
      )}
      <div role="status" className={styles.note}>
        {note}
      </div>
    </div>
  );
}
